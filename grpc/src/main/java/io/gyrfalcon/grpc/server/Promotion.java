package io.gyrfalcon.grpc.server;

import io.gyrfalcon.primitives.HotPath;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Where the calls of one method run by default: on the JDK's scheduler at first, carried by their
 * loop once that was measured to be short. Any thread.
 */
@HotPath
public final class Promotion {
    /*
     * Elsewhere, every run of a call's callbacks is measured from outside, parked time included: so
     * many short ones in a row promote the method. Carried, every mount is measured; long ones are
     * strikes, and when they are more than one in STRIKE_SHARE the method goes back, to be promoted
     * again after twice as many short runs. A loop that is lost meanwhile is taken over: promotion
     * decides about cost, never about safety.
     */
    private static final int WANTED_MIN = 64;
    private static final int WANTED_MAX = 1 << 16;
    private static final long SHORT_NANOS = 200_000;
    private static final long LONG_NANOS = 1_000_000;
    private static final long STRIKE_SHARE = 64;
    private static final int STRIKES_FREE = 2;

    private static final VarHandle SHORTS;
    private static final VarHandle STRIKES;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            SHORTS = lookup.findVarHandle(Promotion.class, "shorts", int.class);
            STRIKES = lookup.findVarHandle(Promotion.class, "strikes", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MountTimes carriedTimes = new MountTimes();
    private final MountTimes otherTimes = new MountTimes();
    private volatile Carrying carrying = Carrying.MEASURED;
    private volatile boolean isPromoted;
    private volatile int wanted = WANTED_MIN;
    private volatile long countAtPromotion;
    private volatile int promotions;
    private volatile int demotions;

    @SuppressWarnings("unused") // by SHORTS
    private volatile int shorts;

    @SuppressWarnings("unused") // by STRIKES
    private volatile int strikes;

    /** Not promoted. */
    Promotion() {}

    /** Settles by hand where the method's calls run, or leaves it to what is measured. */
    void carrying(Carrying chosen) {
        carrying = chosen;
        isPromoted = chosen == Carrying.ALWAYS;
    }

    /** Whether the method's calls are carried by their loops now. */
    boolean isPromoted() {
        return isPromoted;
    }

    /** Whether runs elsewhere are to be measured. */
    boolean isCandidate() {
        return !isPromoted && carrying == Carrying.MEASURED;
    }

    /** The callbacks of a call have run elsewhere for so long. */
    void ranElsewhere(long nanos) {
        otherTimes.record(nanos, 0);
        if (!isCandidate()) return;
        if (nanos > SHORT_NANOS) {
            SHORTS.setOpaque(this, 0);
        } else if ((int) SHORTS.getAndAdd(this, 1) + 1 >= wanted) {
            promote();
        }
    }

    /** A call has held its loop for so long, in one mount. */
    void mounted(long nanos, int loopIndex) {
        carriedTimes.record(nanos, loopIndex);
        if (nanos > LONG_NANOS && carrying == Carrying.MEASURED) strike();
    }

    private synchronized void promote() {
        if (!isCandidate()) return;
        countAtPromotion = carriedTimes.count();
        STRIKES.setOpaque(this, 0);
        promotions++;
        isPromoted = true;
    }

    private void strike() {
        int count = (int) STRIKES.getAndAdd(this, 1) + 1;
        long mounts = carriedTimes.count() - countAtPromotion;
        if (count > STRIKES_FREE && (count - STRIKES_FREE) * STRIKE_SHARE > mounts) demote();
    }

    private synchronized void demote() {
        if (!isPromoted || carrying != Carrying.MEASURED) return;
        SHORTS.setOpaque(this, 0);
        wanted = Math.min(WANTED_MAX, 2 * wanted);
        demotions++;
        isPromoted = false;
    }

    /** What has happened so far. */
    public Counts counts() {
        return new Counts(
                isPromoted,
                promotions,
                demotions,
                carriedTimes.count(),
                carriedTimes.countAbove(LONG_NANOS),
                otherTimes.count());
    }

    /**
     * A method's counters. Immutable.
     *
     * @param isPromoted whether its calls are carried now
     * @param promotions how often it was promoted
     * @param demotions how often it went back
     * @param mounts of calls that were carried
     * @param longMounts those of them that took about a millisecond or more
     * @param runsElsewhere of calls that were measured on the JDK's scheduler
     */
    public record Counts(
            boolean isPromoted,
            int promotions,
            int demotions,
            long mounts,
            long longMounts,
            long runsElsewhere) {}
}

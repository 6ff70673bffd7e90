package io.gyrfalcon.grpc.server;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a call's loop tells its lane, as bits, and how many messages the lane wants. Any thread.
 *
 * <p>Where both are the loop's owner when they write, plain reads and writes do: in the direct
 * lane, and on a runner that the loop carries, which enters the loop for that. {@link #isShared}
 * says which it is. It turns from false to true when the loop is taken from such a runner: the new
 * owner says it before it does anything else, and the runner when it cannot enter.
 */
abstract class Signals {
    /** Somebody makes callbacks, or is about to. */
    static final int RUNNING = 1;

    // Told once each, and forgotten when taken.
    static final int BEGIN = 1 << 1;
    static final int MESSAGES = 1 << 2;
    static final int READY = 1 << 3;
    private static final int PASSING = BEGIN | MESSAGES | READY;

    // True from then on.
    static final int HALF_CLOSED = 1 << 4;
    static final int COMPLETED = 1 << 5;
    static final int CANCELLED = 1 << 6;
    private static final int LASTING = HALF_CLOSED | COMPLETED | CANCELLED;

    // Told by the lane.
    /** Messages wait for credit. */
    static final int STARVED = 1 << 7;

    /** Flow-control window is held back for want of credit. */
    static final int WINDOW_HELD = 1 << 8;

    /** The last callback has been made. */
    static final int FINISHED = 1 << 9;

    /** The call's context was cancelled with a cause: only the end is told from then on. */
    static final int CONTEXT_CANCELLED = 1 << 10;

    /** The lane was asked to run, and has not begun to. */
    private static final int SUBMITTED = 1 << 11;

    /** The loop has given up what the call holds: the lane finds nothing there any more. */
    private static final int ABANDONED = 1 << 12;

    /** The user's executor has not taken the call: nothing is sent of it any more. */
    static final int REFUSED = 1 << 13;

    private static final byte CARRIED = 1;
    private static final byte SHARED = 2;

    /*
     * Messages are counted from 0 to MODULUS_MASK and from 0 again: a stream may live long. So the
     * difference of two counts is a number of 31 bits with a sign.
     */
    private static final int MODULUS_MASK = Integer.MAX_VALUE;
    private static final int OPEN_MAX = MODULUS_MASK >> 1;
    private static final int WITHOUT_END = -1;

    private static final VarHandle STATE;
    private static final VarHandle REQUESTED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Signals.class, "state", int.class);
            REQUESTED = lookup.findVarHandle(Signals.class, "requested", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private int state = READY;
    private int requested;

    /** How loop and lane share this; both may set SHARED, nobody takes it back. */
    private byte sharing;

    /** The lane's own: what it has taken and not forgotten. */
    private int known;

    final void share() {
        sharing |= SHARED;
    }

    final boolean isShared() {
        return (sharing & SHARED) != 0;
    }

    /** Its lane is a runner that the loop carries. Before anybody else knows of the call. */
    final void carry() {
        sharing = CARRIED;
    }

    final boolean isCarried() {
        return (sharing & CARRIED) != 0;
    }

    /** Sets bits. Whether nothing was running, so that the caller has to see to it. */
    final boolean raise(int bits) {
        int before;
        if (isShared()) {
            before = raiseShared(bits | RUNNING);
        } else {
            before = state;
            state = before | bits | RUNNING;
        }
        return (before & RUNNING) == 0;
    }

    private int raiseShared(int bits) {
        int before;
        int after;
        do {
            before = (int) STATE.getVolatile(this);
            after = before | bits;
            if ((before & RUNNING) == 0) after |= SUBMITTED;
        } while (!STATE.compareAndSet(this, before, after));
        return before;
    }

    /**
     * Gives up what the call holds, where its lane has not begun to run; from then on the lane
     * looks at nothing that the loop has filled. Loop only, and only where the lane is shared.
     */
    final boolean abandon() {
        int before;
        do {
            before = (int) STATE.getVolatile(this);
            if ((before & SUBMITTED) == 0) return false;
        } while (!STATE.compareAndSet(this, before, before | ABANDONED));
        return true;
    }

    /** Lane only: whether the loop had given the call up before the last {@link #take}. */
    final boolean isAbandoned() {
        return (known & ABANDONED) != 0;
    }

    /** Sets bits that start nothing. */
    final void mark(int bits) {
        if (isShared()) {
            STATE.getAndBitwiseOr(this, bits);
        } else {
            state |= bits;
        }
    }

    /** As {@link #mark}, before a look at what other threads write and then look at these bits. */
    final void markBeforeLook(int bits) {
        mark(bits);
        if (!isShared()) VarHandle.fullFence();
    }

    final void clear(int bits) {
        if (isShared()) {
            STATE.getAndBitwiseAnd(this, ~bits);
        } else {
            state &= ~bits;
        }
    }

    final boolean has(int bits) {
        return ((int) STATE.getVolatile(this) & bits) != 0;
    }

    /** Lane only: takes what was told since the last time. */
    final void take() {
        int before;
        if (isShared()) {
            before = (int) STATE.getAndBitwiseAnd(this, ~(PASSING | SUBMITTED));
        } else {
            before = state;
            state = before & ~(PASSING | SUBMITTED);
        }
        known = before & (PASSING | LASTING | ABANDONED);
    }

    /** Lane only: gives back what it has taken, to whoever is asked to run in its place. */
    final void giveBack() {
        mark((known & PASSING) | SUBMITTED);
    }

    /** Lane only: whether it was told this, as of the last {@link #take}. */
    final boolean knows(int bits) {
        return (known & bits) != 0;
    }

    /** Lane only: stops running, unless something was told since the last {@link #take}. */
    final boolean rest() {
        int now = isShared() ? (int) STATE.getVolatile(this) : state;
        if ((now & PASSING) != 0 || (now & LASTING & ~known) != 0) return false;
        if (isShared()) return STATE.compareAndSet(this, now, now & ~RUNNING);
        state = now & ~RUNNING;
        return true;
    }

    /**
     * Lane only, and no more than a look, which anybody may take: whether it was told something
     * lasting since it looked last, which it knows from now on.
     */
    final boolean learns() {
        int fresh = (int) STATE.getVolatile(this) & LASTING & ~known;
        known = (known & ~PASSING) | fresh;
        return fresh != 0;
    }

    /** Lane only: it knows of its last callback before it says so. */
    final void learnFinished() {
        known |= FINISHED;
    }

    /**
     * More messages are wanted. Any thread.
     *
     * @param given how many the call had, or had a while ago
     */
    final void addRequested(int count, int given) {
        int before;
        int after;
        do {
            before = (int) REQUESTED.getVolatile(this);
            int open = (before - given) & MODULUS_MASK;
            boolean isMuch = open <= OPEN_MAX && count > OPEN_MAX - open;
            after = before < 0 || isMuch ? WITHOUT_END : (before + count) & MODULUS_MASK;
        } while (!REQUESTED.compareAndSet(this, before, after));
    }

    /** Whether more than so many messages were asked for. */
    final boolean isAsked(int given) {
        return ahead(given) < 0;
    }

    /** How many messages more than were asked for the call had; negative: it may have more. */
    final int ahead(int given) {
        int requested = (int) REQUESTED.getVolatile(this);
        return requested < 0 ? -OPEN_MAX : ((given - requested) << 1) >> 1;
    }
}

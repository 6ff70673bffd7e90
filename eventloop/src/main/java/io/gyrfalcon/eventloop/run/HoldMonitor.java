package io.gyrfalcon.eventloop.run;

import io.gyrfalcon.primitives.time.Clock;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks how long user code has held each loop, and has a spare thread take those held too long. One
 * thread for the process, that of {@link #run}; the other methods are for any thread.
 *
 * <p>It looks twice within the shortest limit when something was held lately, once in two limits
 * while mounts are short, and sleeps when there was none for a while: a loop without calls costs
 * nothing.
 */
final class HoldMonitor implements Runnable {
    /*
     * Who sleeps does not miss
     *
     *   monitor                        driver
     *   isAsleep = true   (volatile)   gate opens       (volatile)
     *   any gate open?    (volatile)   isAsleep?        (volatile)
     *
     * Both write before they read, so one of them sees the other.
     */
    private static final int LOOKS_PER_HOLD = 2;
    private static final int HOLDS_PER_CALM_LOOK = 2;
    private static final int ALERT_LOOKS = 128;
    private static final int IDLE_LOOKS = 4;
    private static final long LOOK_NANOS_MAX = 1_000_000_000L;

    static final HoldMonitor PROCESS = new HoldMonitor(Clock.system());

    private final Clock clock;
    private final CopyOnWriteArrayList<Carrier> carriers = new CopyOnWriteArrayList<>();
    private @Nullable Thread thread;
    private volatile boolean isAsleep;

    // by its own thread
    private int alertLooks;

    HoldMonitor(Clock clock) {
        this.clock = clock;
    }

    void watch(Carrier carrier) {
        synchronized (this) {
            carriers.add(carrier);
            if (thread == null) {
                Thread started = new Thread(null, this, "gyrfalcon-hold-monitor", 0, false);
                started.setDaemon(true);
                thread = started;
                started.start();
            }
        }
    }

    void forget(Carrier carrier) {
        synchronized (this) {
            carriers.remove(carrier);
            if (carriers.isEmpty()) LockSupport.unpark(thread);
        }
    }

    /** A driver: a runner is mounted. */
    void onMounted() {
        if (isAsleep) wake();
    }

    private void wake() {
        isAsleep = false;
        Thread known;
        synchronized (this) {
            known = thread;
        }
        LockSupport.unpark(known);
    }

    @Override
    public void run() {
        int idle = 0;
        while (!isOver()) {
            idle = look() ? 0 : idle + 1;
            if (idle < IDLE_LOOKS) {
                LockSupport.parkNanos(this, nanosToNextLook());
                continue;
            }
            isAsleep = true;
            while (isAsleep && !isAnyOccupied() && !carriers.isEmpty()) LockSupport.park(this);
            isAsleep = false;
            idle = 0;
        }
    }

    private boolean isOver() {
        synchronized (this) {
            if (!carriers.isEmpty()) return false;
            thread = null;
            return true;
        }
    }

    private long nanosToNextLook() {
        long least = LOOK_NANOS_MAX;
        for (Carrier carrier : carriers) least = Math.min(least, carrier.holdNanos());
        if (alertLooks == 0) return least * HOLDS_PER_CALM_LOOK;
        alertLooks--;
        return Math.max(50_000, least / LOOKS_PER_HOLD);
    }

    private boolean isAnyOccupied() {
        for (Carrier carrier : carriers) {
            if (carrier.isOccupied()) return true;
        }
        return false;
    }

    /** Whether anything was mounted since the last look. */
    private boolean look() {
        long now = clock.nanoTime();
        boolean isActive = false;
        for (Carrier carrier : carriers) {
            try {
                Carrier.Sight sight = carrier.look(now);
                isActive |= sight != Carrier.Sight.NOTHING;
                if (sight == Carrier.Sight.LONG) alertLooks = ALERT_LOOKS;
            } catch (Throwable noThread) {
                Runner.log(noThread);
            }
        }
        return isActive;
    }
}

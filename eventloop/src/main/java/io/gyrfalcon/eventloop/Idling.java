package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.poll.Poller;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.time.Clock;

/** How one loop waits for the next event: asleep in its poller, or looking. Loop-owned. */
@LoopOwned
@HotPath
final class Idling {
    /*
     * Spinning
     *
     * A loop that sleeps costs a wake-up: microseconds in which the kernel finds it a core, and a
     * system call of whoever wakes it. One that spins asks its poller without waiting and looks at
     * its mailbox; who posts to it then only has to say so there.
     *
     * Adaptive
     *
     * Spinning pays where the next event comes sooner than SPIN_NANOS. `gapNanos` is the moving
     * mean of the time from falling idle to the next event; beyond that limit the loop sleeps at
     * once, as that of an idle server always does. The mean alone would deceive: on few cores the
     * one who is about to send may wait for the very core that spins, and the waits that were slept
     * through keep the mean low. So a spin that finds nothing doubles the number of waits to sleep
     * through before the next one, and a spin that finds something halves it.
     */
    static final long SPIN_NANOS = 50_000;
    static final int SLEEPS_MAX = 1024;

    private static final long GAP_NANOS_MAX = 1_000_000;
    private static final int GAP_SHIFT = 3;
    private static final int NOTHING = -1;

    private final IdlePolicy policy;
    private final Mailbox mailbox;
    private final Poller poller;
    private final Clock clock;
    private final boolean isCrowded;
    private long gapNanos = GAP_NANOS_MAX;
    private int sleepsBetween = 1;
    private int sleepsLeft;
    private long spunNanos;

    /**
     * Of one loop.
     *
     * @param crowded whether others need the core that this loop spins on: then it yields
     */
    Idling(IdlePolicy policy, Mailbox mailbox, Poller poller, Clock clock, boolean crowded) {
        this.policy = policy;
        this.mailbox = mailbox;
        this.poller = poller;
        this.clock = clock;
        this.isCrowded = crowded;
    }

    /**
     * Waits until sockets are ready, somebody wakes the loop or the time is over.
     *
     * @param nanosMax more than 0
     * @return how many sockets the poller will tell
     */
    int await(long nanosMax) {
        return switch (policy) {
            case BLOCK -> mailbox.fallAsleep() ? sleep(nanosMax) : poller.await(0);
            case ADAPTIVE -> awaitAdaptively(nanosMax);
            case SPIN -> mailbox.spin() ? spinOnly(nanosMax) : poller.await(0);
        };
    }

    /** Time that went into spinning so far. */
    long spunNanos() {
        return spunNanos;
    }

    private int sleep(long nanosMax) {
        int ready = poller.await(nanosMax);
        mailbox.wake();
        return ready;
    }

    private int spinOnly(long nanosMax) {
        int ready = look(clock.nanoTime(), nanosMax);
        mailbox.wake();
        return Math.max(0, ready);
    }

    private int awaitAdaptively(long nanosMax) {
        if (!mailbox.spin()) return poller.await(0);
        long startNanos = clock.nanoTime();
        int ready = NOTHING;
        if (isWorthLooking()) {
            ready = look(startNanos, Math.min(nanosMax, SPIN_NANOS));
            onLooked(ready != NOTHING);
        }
        long leftNanos = nanosMax;
        if (ready == NOTHING && nanosMax != Long.MAX_VALUE) {
            leftNanos -= clock.nanoTime() - startNanos;
        }
        if (ready != NOTHING || leftNanos <= 0 || !mailbox.fallAsleepSpinning()) {
            mailbox.wake();
        } else {
            ready = sleep(leftNanos);
        }
        long gap = Math.min(clock.nanoTime() - startNanos, GAP_NANOS_MAX);
        gapNanos += (gap - gapNanos) >> GAP_SHIFT;
        return Math.max(0, ready);
    }

    private boolean isWorthLooking() {
        if (gapNanos > SPIN_NANOS) return false;
        if (sleepsLeft == 0) return true;
        sleepsLeft--;
        return false;
    }

    private void onLooked(boolean found) {
        if (found) {
            sleepsBetween = Math.max(1, sleepsBetween >> 1);
        } else {
            sleepsBetween = Math.min(sleepsBetween << 1, SLEEPS_MAX);
            sleepsLeft = sleepsBetween;
        }
    }

    /** How many sockets are ready, 0 when somebody has woken the loop, or nothing in that time. */
    private int look(long startNanos, long nanosMax) {
        long before = spunNanos;
        while (true) {
            int ready = poller.await(0);
            if (ready > 0) return ready;
            if (!mailbox.isSpinning()) return 0;
            pause();
            long spun = clock.nanoTime() - startNanos;
            spunNanos = before + spun;
            if (spun >= nanosMax) return NOTHING;
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // Who has the next event may wait for this very core.
    private void pause() {
        if (isCrowded) Thread.yield();
        else Thread.onSpinWait();
    }
}

package io.gyrfalcon.primitives.time;

import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

/**
 * Something that happens once at a deadline: a node of a {@link TimerWheel}. Owned by the loop of
 * its wheel; reusable as often as one likes, in one wheel at a time.
 */
@LoopOwned
public abstract class Timer {
    static final int UNSCHEDULED = -1;

    /** Neighbours in the circular list of one slot; null while unscheduled. */
    @Nullable Timer next;

    @Nullable Timer previous;
    long deadlineNanos;
    int slot = UNSCHEDULED;

    /** An unscheduled timer. */
    protected Timer() {}

    /**
     * The deadline has come. The timer is unscheduled by now and may be scheduled again; any other
     * timer of the wheel may be scheduled or cancelled from here.
     *
     * @param nowNanos what {@link TimerWheel#expire} was called with, at or after the deadline
     */
    protected abstract void onTimer(long nowNanos);

    /** Whether it waits in a wheel. */
    public final boolean isScheduled() {
        return slot != UNSCHEDULED;
    }

    /** When it will fire, or the deadline it had last. */
    public final long deadlineNanos() {
        return deadlineNanos;
    }
}

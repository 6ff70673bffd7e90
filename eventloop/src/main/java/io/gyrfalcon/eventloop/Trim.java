package io.gyrfalcon.eventloop;

import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.time.Timer;

/** Gives a loop's memory back a while after it was needed last. Loop-owned. */
@LoopOwned
final class Trim extends Timer {
    private static final long PERIOD_NANOS = 1_000_000_000L;

    /**
     * What was needed since the call before is kept: the second one after the last use finds all of
     * it.
     */
    private static final int CALLS = 2;

    private final Loop loop;
    private int callsLeft;

    Trim(Loop loop) {
        this.loop = loop;
    }

    void wanted() {
        callsLeft = CALLS;
        if (!isScheduled()) loop.timers().schedule(this, loop.nowNanos() + PERIOD_NANOS);
    }

    @Override
    protected void onTimer(long nowNanos) {
        loop.slabs().trim();
        loop.sharedSlabs().trim();
        if (--callsLeft > 0) loop.timers().schedule(this, nowNanos + PERIOD_NANOS);
    }
}

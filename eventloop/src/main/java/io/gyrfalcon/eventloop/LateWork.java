package io.gyrfalcon.eventloop;

import io.gyrfalcon.primitives.time.Timer;

/** Work that a start leaves for later: a runner does it a second after. Loop-owned once posted. */
final class LateWork extends Timer implements Letter {
    private static final long DELAY_NANOS = 1_000_000_000L;

    private final Loop loop;
    private final Runnable work;

    /** A letter to the loop that is to wait. */
    LateWork(Loop loop, Runnable work) {
        this.loop = loop;
        this.work = work;
    }

    @Override
    public void deliver(Loop on) {
        on.timers().schedule(this, on.nowNanos() + DELAY_NANOS);
    }

    @Override
    protected void onTimer(long nowNanos) {
        loop.runners().submit(work);
    }
}

package io.gyrfalcon.eventloop;

import io.gyrfalcon.primitives.time.Timer;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A warning at a start, which the process hears once, when the start is over: to make the first
 * logger takes longer than to open a server. Loop-owned once it is posted, but for {@link #run}.
 */
final class LateWarning extends Timer implements Letter, Runnable {
    private static final long DELAY_NANOS = 1_000_000_000L;
    private static final AtomicBoolean HAS_WARNED = new AtomicBoolean();

    private final Loop loop;
    private final String text;

    /** A letter to the loop that is to wait. */
    LateWarning(Loop loop, String text) {
        this.loop = loop;
        this.text = text;
    }

    @Override
    public void deliver(Loop on) {
        on.timers().schedule(this, on.nowNanos() + DELAY_NANOS);
    }

    @Override
    protected void onTimer(long nowNanos) {
        loop.runners().submit(this);
    }

    /** Warns now, unless it was done before. Any thread. */
    @Override
    public void run() {
        if (HAS_WARNED.compareAndSet(false, true)) Failures.warn(text);
    }
}

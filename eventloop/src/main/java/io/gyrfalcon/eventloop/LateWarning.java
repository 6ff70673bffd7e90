package io.gyrfalcon.eventloop;

import io.gyrfalcon.primitives.time.Timer;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A warning at a start, which the process hears once, when the start is over: to make the first
 * logger takes longer than to open a server. Loop-owned once it is posted, but for {@link #run}.
 */
final class LateWarning extends Timer implements Letter, Runnable {
    private static final long DELAY_NANOS = 1_000_000_000L;
    private static final AtomicBoolean HAS_WARNED = new AtomicBoolean();

    private final String text;
    private @Nullable Loop loop;

    LateWarning(String text) {
        this.text = text;
    }

    /** To the loop that waits. */
    @Override
    public void deliver(Loop on) {
        loop = on;
        on.timers().schedule(this, on.nowNanos() + DELAY_NANOS);
    }

    @Override
    protected void onTimer(long nowNanos) {
        Loop on = loop;
        if (on != null) on.runners().submit(this);
    }

    /** Warns now, unless it was done before. Any thread. */
    @Override
    public void run() {
        if (HAS_WARNED.compareAndSet(false, true)) Failures.warn(text);
    }
}

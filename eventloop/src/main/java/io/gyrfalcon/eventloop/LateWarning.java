package io.gyrfalcon.eventloop;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A warning at a start, which the process hears once, as {@link LateWork}: to make the first logger
 * takes longer than to open a server. Any thread.
 */
final class LateWarning implements Runnable {
    private static final AtomicBoolean HAS_WARNED = new AtomicBoolean();

    private final String text;

    LateWarning(String text) {
        this.text = text;
    }

    /** Warns now, unless it was done before. */
    @Override
    public void run() {
        if (HAS_WARNED.compareAndSet(false, true)) Failures.warn(text);
    }
}

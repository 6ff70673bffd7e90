package io.gyrfalcon.eventloop;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Writes down what upper modules throw at a loop. Any thread; the logger is made when the first
 * failure arrives.
 */
final class Failures {
    private static final AtomicBoolean HAS_WARNED = new AtomicBoolean();

    private Failures() {}

    static void log(String what, Throwable failure) {
        try {
            Log.LOGGER.log(System.Logger.Level.ERROR, what, failure);
        } catch (Throwable ignored) {
            // Out of stack or memory: the loop matters more than its log.
        }
    }

    static void warn(String what) {
        Log.LOGGER.log(System.Logger.Level.WARNING, what);
    }

    /** A warning that the process hears once. */
    static void warnOnce(String what) {
        if (HAS_WARNED.compareAndSet(false, true)) warn(what);
    }

    private static final class Log {
        static final System.Logger LOGGER = System.getLogger("io.gyrfalcon.eventloop");
    }
}

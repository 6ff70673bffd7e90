package io.gyrfalcon.eventloop;

/**
 * Writes down what upper modules throw at a loop. Any thread; the logger is made when the first
 * failure arrives.
 */
final class Failures {
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

    private static final class Log {
        static final System.Logger LOGGER = System.getLogger("io.gyrfalcon.eventloop");
    }
}

package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.poll.Errno;

import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * Writes down what upper modules throw at a loop. Any thread; the logger is made by {@link
 * #rehearse}, or when the first failure arrives. Never throws: the loop matters more than its log.
 */
final class Failures {
    private Failures() {}

    static void log(String what, Throwable failure) {
        try {
            Log.LOGGER.log(System.Logger.Level.ERROR, what, failure);
        } catch (Throwable ignored) {
            // out of stack, memory or descriptors
        }
    }

    static void warn(String what) {
        try {
            Log.LOGGER.log(System.Logger.Level.WARNING, what);
        } catch (Throwable ignored) {
            // out of stack, memory or descriptors
        }
    }

    /** Makes sure that what a failure needs is there when no file can be opened. Cheap. */
    static void load() {
        Errno.text(Errno.EMFILE);
    }

    /**
     * Does what the first line of a log does beyond writing it: it opens files, of time zones for
     * one, and what failed to load in a moment without descriptors stays broken for good. Takes
     * tens of milliseconds.
     */
    static void rehearse() {
        try {
            String now = String.format("%tc", ZonedDateTime.now(ZoneId.systemDefault()));
            Log.LOGGER.log(System.Logger.Level.TRACE, now);
        } catch (Throwable ignored) {
            // The first line of the log will do without.
        }
    }

    private static final class Log {
        static final System.Logger LOGGER = System.getLogger("io.gyrfalcon.eventloop");
    }
}

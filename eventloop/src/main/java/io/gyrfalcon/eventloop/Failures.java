package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.poll.Errno;

import org.jspecify.annotations.Nullable;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes down what upper modules throw at a loop. Any thread; the logger is made by {@link
 * #prepare}, or when the first failure arrives. Never throws: the loop matters more than its log.
 */
final class Failures {
    private static final long REHEARSAL_NANOS = 1_000_000_000L;
    private static final AtomicBoolean IS_PREPARED = new AtomicBoolean();

    private Failures() {}

    static void log(String what, Throwable failure) {
        write(System.Logger.Level.ERROR, what, failure);
    }

    static void warn(String what) {
        write(System.Logger.Level.WARNING, what, null);
    }

    private static void write(System.Logger.Level level, String what, @Nullable Throwable failure) {
        try {
            Log.LOGGER.log(level, what, failure);
        } catch (Throwable ignored) {
            // out of stack, memory or descriptors
        }
    }

    /**
     * Makes sure that what a failure needs is there when no file can be opened: at once what a loop
     * needs to go on, and a second after the first call what the first line of a log needs, which
     * takes tens of milliseconds: it opens files, of time zones for one, and what has failed to
     * load in a moment without descriptors stays broken for good.
     */
    static void prepare() {
        Errno.text(Errno.EMFILE);
        if (!IS_PREPARED.compareAndSet(false, true)) return;
        Thread late = new Thread(Failures::rehearse, "gyrfalcon-rehearsal");
        late.setDaemon(true);
        late.start();
    }

    private static void rehearse() {
        try {
            LockSupport.parkNanos(REHEARSAL_NANOS);
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

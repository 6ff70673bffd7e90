package io.gyrfalcon.eventloop.poll;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Keeps what the event loop writes to its log while this is open. Any thread. */
public final class Warnings implements AutoCloseable {
    private static final Logger LOGGER = Logger.getLogger("io.gyrfalcon.eventloop");

    private final List<String> lines = new ArrayList<>();
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord line) {
                    synchronized (lines) {
                        lines.add(line.getMessage());
                    }
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    /** Starts keeping. */
    public Warnings() {
        LOGGER.addHandler(handler);
    }

    /** What was written since then. */
    public List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    @Override
    public void close() {
        LOGGER.removeHandler(handler);
    }
}

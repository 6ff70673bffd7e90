package io.gyrfalcon.grpc.server;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What is logged of calls and channels until it is closed. */
public final class HeardLog extends Handler implements AutoCloseable {
    /** In their order. */
    public final BlockingQueue<LogRecord> records = new LinkedBlockingQueue<>();

    // Held, so that it is not collected with its handler.
    private final Logger logger = Logger.getLogger("io.gyrfalcon.grpc");

    /** Listens from now on. */
    @SuppressWarnings("this-escape") // Nothing of it is made after this.
    public HeardLog() {
        logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
        records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}

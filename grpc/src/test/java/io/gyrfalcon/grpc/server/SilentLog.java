package io.gyrfalcon.grpc.server;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps what a test provokes out of the log of calls. One for each test. */
public final class SilentLog implements BeforeEachCallback, AfterEachCallback {
    // Held, so that its level is not collected with it.
    private final Logger logger = Logger.getLogger("io.gyrfalcon.grpc");
    private final Level level = logger.getLevel();

    @Override
    public void beforeEach(ExtensionContext test) {
        logger.setLevel(Level.OFF);
    }

    @Override
    public void afterEach(ExtensionContext test) {
        logger.setLevel(level);
    }
}

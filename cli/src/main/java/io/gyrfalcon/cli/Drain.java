package io.gyrfalcon.cli;

import io.grpc.Server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The graceful end of a server: asked for once, hurried by asking again. Any thread. */
final class Drain {
    /** How long a server may take to end once its calls are cut off. */
    static final int END_SECONDS = 5;

    private final Server server;
    private final Services services;
    private final int graceSeconds;
    private final AtomicBoolean isAsked = new AtomicBoolean();

    Drain(Server server, Services services, int graceSeconds) {
        this.server = server;
        this.services = services;
        this.graceSeconds = graceSeconds;
    }

    /**
     * Tells health checkers, then connections, and lets open calls end within the grace. The second
     * time cuts them off.
     *
     * @return false if the server has not ended {@link #END_SECONDS} after the grace
     */
    boolean run() throws InterruptedException {
        if (!isAsked.compareAndSet(false, true)) {
            server.shutdownNow();
            return true;
        }
        services.endHealth();
        server.shutdown();
        if (server.awaitTermination(graceSeconds, TimeUnit.SECONDS)) return true;
        server.shutdownNow();
        return server.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    }
}

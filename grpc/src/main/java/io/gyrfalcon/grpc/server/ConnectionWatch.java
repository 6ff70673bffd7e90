package io.gyrfalcon.grpc.server;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;
import java.util.List;

/** Is told what a server does, for those who look from outside (channelz). Any thread. */
public interface ConnectionWatch {
    /** Looks at nothing. */
    ConnectionWatch NONE = new ConnectionWatch() {};

    /** The server listens. */
    default void onListening(List<SocketAddress> addresses) {}

    /** The server has stopped listening. */
    default void onListenersClosed() {}

    /**
     * A connection was accepted.
     *
     * @return to be handed to {@link #onClosed}
     */
    default @Nullable Object onOpened(ConnectionView connection) {
        return null;
    }

    /** A connection is gone. */
    default void onClosed(@Nullable Object token) {}

    /** The server is gone. */
    default void onTerminated() {}
}

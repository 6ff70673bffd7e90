package io.gyrfalcon.transport.server;

/**
 * Takes the calls of a server: what stands above the transport.
 *
 * <p>Every method is called on the loop of the connection concerned, several loops at a time.
 */
public interface CallAcceptor {

    /**
     * The route of a path. Remembered for as long as the peer keeps the path in its header table,
     * so a path must always have the same route.
     *
     * @param path the value of {@code :path}, with its leading slash
     */
    Route route(String path);

    /**
     * A call has begun: its request fields are complete and valid.
     *
     * @return who hears what happens to the call
     */
    CallEvents onCall(ServerCall call);

    /** A connection is ready for calls: its TLS handshake, if any, has ended. */
    void onConnected(ServerConnection connection);

    /** Whether a connection may leave its loop now, as far as its calls are concerned. */
    default boolean isQuiet(ServerConnection connection) {
        return true;
    }

    /**
     * A connection leaves the loop that calls this. Until {@link #onArrived} or {@link
     * #onDisconnected} no loop has it.
     */
    default void onLeaving(ServerConnection connection) {}

    /** A connection has come to the loop that calls this. */
    default void onArrived(ServerConnection connection) {}

    /** A connection has ended, also one that never became ready. */
    void onDisconnected(ServerConnection connection);
}

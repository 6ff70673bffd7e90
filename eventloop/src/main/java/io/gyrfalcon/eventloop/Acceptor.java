package io.gyrfalcon.eventloop;

/** Decides who handles a new connection. Called on the connection's own loop. */
@FunctionalInterface
public interface Acceptor {
    /**
     * Returns the handler of an accepted connection. The socket may be written to, paused and
     * closed already; its first bytes are delivered afterwards. An exception closes the connection.
     */
    SocketHandler onAccepted(LoopSocket socket);

    /**
     * Takes a place for one more connection; accepting pauses while there is none. {@link
     * #onAccepted} uses it up, else {@link #givePlaceBack} follows. Any thread.
     */
    default boolean takePlace() {
        return true;
    }

    /** No connection came to the place that was taken. Any thread. */
    default void givePlaceBack() {}
}

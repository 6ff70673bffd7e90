package io.gyrfalcon.eventloop;

/** Decides who handles a new connection. Called on the connection's own loop. */
@FunctionalInterface
public interface Acceptor {
    /**
     * Returns the handler of an accepted connection. The socket may be written to, paused and
     * closed already; its first bytes are delivered afterwards. An exception closes the connection.
     */
    SocketHandler onAccepted(LoopSocket socket);
}

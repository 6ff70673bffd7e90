package io.gyrfalcon.grpc.server;

import io.grpc.Context;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;

/** The open end of a server: its listening sockets and its connections. Any thread. */
public interface ServerPort {
    /** What is listened on, with real ports, in the order of the options; also after the end. */
    List<SocketAddress> addresses();

    /** Requests without {@code te: trailers} so far; they are served. */
    long requestsWithoutTe();

    /** Connections that were ended so far for a fault of their peer. */
    long connectionFaults();

    /** Ends listening; the addresses are free again when this returns. */
    void stopListening();

    /** Lets open calls finish and takes no new ones. */
    void drain();

    /**
     * Ends every call with this status and closes the connections.
     *
     * @param statusCode a gRPC status code
     */
    void closeNow(int statusCode, String text);

    /** Runs {@code task} once, on some thread, when nothing listens and no connection is left. */
    void onTerminated(Runnable task);

    /** Opens ports. */
    interface Opener {
        /**
         * Listens and serves.
         *
         * @param root what the context of every call begins with
         * @throws IOException naming the address and the reason
         */
        ServerPort open(ServerOptions options, Context root) throws IOException;
    }
}

package io.gyrfalcon.transport.server;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;

/**
 * What a server is started with. Immutable.
 *
 * @param http2 what HTTP/2 announces and times
 * @param limits what a peer may do
 * @param listen options of listening and accepted sockets
 * @param messageBytesMax longest inbound message as it arrives, in bytes, 0 or more
 * @param handshakeNanos how long a TLS handshake may take, 1 or more
 * @param connectionsMax at a time, 1 or more; accepting pauses beyond
 */
public record ServerSettings(
        Http2Settings http2,
        Http2Limits limits,
        ListenOptions listen,
        int messageBytesMax,
        long handshakeNanos,
        int connectionsMax) {
    /** Without a limit of connections. */
    public ServerSettings(
            Http2Settings http2,
            Http2Limits limits,
            ListenOptions listen,
            int messageBytesMax,
            long handshakeNanos) {
        this(http2, limits, listen, messageBytesMax, handshakeNanos, Integer.MAX_VALUE);
    }

    public ServerSettings {
        if (messageBytesMax < 0) {
            throw new IllegalArgumentException(
                    "messageBytesMax: " + messageBytesMax + " (expected: >= 0)");
        }
        if (handshakeNanos < 1) {
            throw new IllegalArgumentException(
                    "handshakeNanos: " + handshakeNanos + " (expected: >= 1)");
        }
        if (connectionsMax < 1) {
            throw new IllegalArgumentException(
                    "connectionsMax: " + connectionsMax + " (expected: >= 1)");
        }
    }
}

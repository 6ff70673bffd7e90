package io.gyrfalcon.transport.client;

import io.gyrfalcon.eventloop.SocketOptions;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;

/**
 * What connections of a client are made with. Immutable.
 *
 * @param http2 what HTTP/2 announces and times
 * @param limits what a server may do
 * @param socket options of the sockets
 * @param messageBytesMax longest inbound message as it arrives, in bytes, 0 or more
 */
public record ClientSettings(
        Http2Settings http2, Http2Limits limits, SocketOptions socket, int messageBytesMax) {
    public ClientSettings {
        if (messageBytesMax < 0) {
            throw new IllegalArgumentException(
                    "messageBytesMax: " + messageBytesMax + " (expected: >= 0)");
        }
    }

    /**
     * The defaults of grpc-java: no keepalive, 4 MiB a message; a server may ping as it likes, and
     * has the time of a whole attempt for its SETTINGS.
     */
    public static ClientSettings defaults() {
        Http2Settings http2 =
                Http2Settings.mesh().toBuilder()
                        .keepAliveNanos(Http2Settings.NEVER)
                        .keepAliveWithoutCalls(false)
                        .permitKeepAliveNanos(0)
                        .permitKeepAliveWithoutCalls(true)
                        .build();
        return new ClientSettings(http2, Http2Limits.mesh(), SocketOptions.defaults(), 4 << 20);
    }
}

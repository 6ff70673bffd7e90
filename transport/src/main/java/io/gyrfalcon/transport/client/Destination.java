package io.gyrfalcon.transport.client;

import io.gyrfalcon.tls.TlsClientSettings;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;

/**
 * Where a connection goes, and how. Immutable.
 *
 * @param address of the server, or of the proxy before it; resolved, or a unix-domain path
 * @param host whose certificate a server must show, under TLS
 * @param port of that host; TLS sessions are resumed by both
 * @param tls {@code null}: plain text
 * @param proxy the HTTP proxy that {@code address} is, or {@code null}
 */
public record Destination(
        SocketAddress address,
        String host,
        int port,
        @Nullable TlsClientSettings tls,
        @Nullable HttpProxy proxy) {
    /** A server that is spoken to in plain text. */
    public static Destination plain(SocketAddress address) {
        return new Destination(address, "", 0, null, null);
    }
}

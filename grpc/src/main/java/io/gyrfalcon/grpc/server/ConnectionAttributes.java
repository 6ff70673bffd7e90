package io.gyrfalcon.grpc.server;

import io.grpc.Attributes;
import io.grpc.Grpc;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;

import javax.net.ssl.SSLSession;

/** What calls are told about their connection. Stateless. */
public final class ConnectionAttributes {
    private ConnectionAttributes() {}

    /** Addresses, and the session where there is TLS. */
    public static Attributes of(
            SocketAddress local, SocketAddress remote, @Nullable SSLSession session) {
        Attributes.Builder builder =
                Attributes.newBuilder()
                        .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, remote)
                        .set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, local);
        if (session != null) builder.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session);
        return builder.build();
    }
}

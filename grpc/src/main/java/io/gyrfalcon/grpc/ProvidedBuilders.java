package io.gyrfalcon.grpc;

import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.ServerProvider.NewServerBuilderResult;

import java.net.InetSocketAddress;

/**
 * What the provider offers. Apart from it, so that the provider itself is compiled for old JDKs and
 * names nothing that they cannot load. Stateless.
 */
final class ProvidedBuilders {
    private ProvidedBuilders() {}

    static ServerBuilder<?> forPort(int port) {
        return GyrfalconServerBuilder.forPort(port);
    }

    /** A builder, or why the next provider is to be asked. */
    static NewServerBuilderResult forPort(int port, ServerCredentials credentials) {
        Security security = Security.of(credentials);
        String error = security.error();
        if (error != null) return NewServerBuilderResult.error(error);
        return NewServerBuilderResult.serverBuilder(
                new GyrfalconServerBuilder(new InetSocketAddress(port), security, true));
    }
}

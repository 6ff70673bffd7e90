package io.gyrfalcon.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ManagedChannelProvider.NewChannelBuilderResult;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.ServerProvider.NewServerBuilderResult;
import io.gyrfalcon.grpc.client.TargetParser;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;

/**
 * What the providers offer. Apart from them, so that they themselves are compiled for old JDKs and
 * name nothing that these cannot load. Stateless.
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

    static ManagedChannelBuilder<?> forTarget(String target) {
        return GyrfalconChannelBuilder.forTarget(target);
    }

    static ManagedChannelBuilder<?> forAddress(String name, int port) {
        return GyrfalconChannelBuilder.forAddress(name, port);
    }

    /**
     * A builder, or why the next provider is to be asked.
     *
     * @param provider of the target's resolver, as the caller has found it, or null
     */
    static NewChannelBuilderResult forTarget(
            String target,
            ChannelCredentials credentials,
            NameResolverRegistry registry,
            @Nullable NameResolverProvider provider) {
        ChannelSecurity security;
        try {
            security = ChannelSecurity.of(credentials);
        } catch (IllegalArgumentException broken) {
            return NewChannelBuilderResult.error(broken.getMessage());
        }
        String error = security.error();
        if (error != null) return NewChannelBuilderResult.error(error);
        return NewChannelBuilderResult.channelBuilder(
                new GyrfalconChannelBuilder(target, null, security)
                        .nameResolvers(registry, provider));
    }

    static Collection<Class<? extends SocketAddress>> addressTypes() {
        return TargetParser.ADDRESSES;
    }
}

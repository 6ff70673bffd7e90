package io.gyrfalcon.grpc;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ManagedChannelProvider;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;

import java.net.SocketAddress;
import java.util.Collection;

/**
 * How grpc-api finds this engine's channels on the class path: before grpc-java's own, unless
 * {@code -Dgyrfalcon.enabled=false} or {@code GYRFALCON_ENABLED=false} steps back. Any thread.
 *
 * <p>Compiled for Java 11: on a JDK that cannot load the engine it says so, where a class that
 * cannot be loaded would take every other provider along.
 */
public final class GyrfalconChannelProvider extends ManagedChannelProvider {
    private static final int PRIORITY = 7;

    /** Called by {@link java.util.ServiceLoader}. Never throws. */
    public GyrfalconChannelProvider() {}

    @Override
    protected boolean isAvailable() {
        return GyrfalconServerProvider.isHere();
    }

    @Override
    protected int priority() {
        return PRIORITY;
    }

    @Override
    protected ManagedChannelBuilder<?> builderForAddress(String name, int port) {
        return ProvidedBuilders.forAddress(name, port);
    }

    @Override
    protected ManagedChannelBuilder<?> builderForTarget(String target) {
        return ProvidedBuilders.forTarget(target);
    }

    @Override
    protected NewChannelBuilderResult newChannelBuilder(
            String target, ChannelCredentials credentials) {
        return ProvidedBuilders.forTarget(
                target, credentials, NameResolverRegistry.getDefaultRegistry(), null);
    }

    @Override
    protected NewChannelBuilderResult newChannelBuilder(
            String target,
            ChannelCredentials credentials,
            NameResolverRegistry registry,
            NameResolverProvider provider) {
        return ProvidedBuilders.forTarget(target, credentials, registry, provider);
    }

    @Override
    protected Collection<Class<? extends SocketAddress>> getSupportedSocketAddressTypes() {
        return ProvidedBuilders.addressTypes();
    }
}

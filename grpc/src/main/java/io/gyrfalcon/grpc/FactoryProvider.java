package io.gyrfalcon.grpc;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Uri;

import java.net.URI;

/** A factory of resolvers, as registries have it. As its factory for threads. */
final class FactoryProvider extends NameResolverProvider {
    private static final int PRIORITY = 5;

    private final NameResolver.Factory factory;

    private FactoryProvider(NameResolver.Factory factory) {
        this.factory = factory;
    }

    /** A registry of its own, in which there is nothing else. */
    static NameResolverRegistry registry(NameResolver.Factory factory) {
        NameResolverRegistry registry = new NameResolverRegistry();
        registry.register(
                factory instanceof NameResolverProvider provider
                        ? provider
                        : new FactoryProvider(factory));
        return registry;
    }

    @Override
    public NameResolver newNameResolver(URI targetUri, NameResolver.Args args) {
        return factory.newNameResolver(targetUri, args);
    }

    @Override
    public NameResolver newNameResolver(Uri targetUri, NameResolver.Args args) {
        return factory.newNameResolver(targetUri, args);
    }

    @Override
    public String getDefaultScheme() {
        return factory.getDefaultScheme();
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return PRIORITY;
    }
}

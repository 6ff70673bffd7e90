package io.gyrfalcon.grpc.client;

import io.grpc.NameResolver;
import io.grpc.NameResolverRegistry;
import io.grpc.ProxyDetector;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What the resolvers and policies of others are given that a channel hosts. Immutable.
 *
 * @param registry where resolvers are found
 * @param proxies behind which servers may be
 * @param portElse of a server whose address has none
 * @param overrideAuthority what the channel's user calls its servers, or {@code null}
 * @param parser of service configs
 * @param isConfigLookedUp whether a resolver's service config counts
 * @param args of resolvers, by keys of their own
 * @param metrics what the channel's sinks are told by
 */
public record Naming(
        NameResolverRegistry registry,
        ProxyDetector proxies,
        int portElse,
        @Nullable String overrideAuthority,
        ConfigParser parser,
        boolean isConfigLookedUp,
        List<Arg<?>> args,
        Metrics metrics) {
    public Naming {
        args = List.copyOf(args);
    }

    /**
     * An argument of resolvers. Immutable.
     *
     * @param <T> its type
     */
    public record Arg<T>(NameResolver.Args.Key<T> key, T value) {
        void addTo(NameResolver.Args.Builder builder) {
            builder.setArg(key, value);
        }
    }
}

package io.gyrfalcon.grpc.client;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.StatusOr;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.util.List;

/** Tells a channel of the servers that a balancing policy names. Any thread. */
final class OobResolvers extends NameResolver.Factory {
    private static final String SCHEME = "oob";

    /** What the channel is built for. */
    static final String TARGET = SCHEME + ":///servers";

    private final String authority;
    private List<EquivalentAddressGroup> servers;
    private NameResolver.@Nullable Listener2 listener;

    OobResolvers(List<EquivalentAddressGroup> servers, String authority) {
        this.servers = List.copyOf(servers);
        this.authority = authority;
    }

    void servers(List<EquivalentAddressGroup> next) {
        NameResolver.Listener2 told;
        synchronized (this) {
            servers = List.copyOf(next);
            told = listener;
        }
        if (told != null) tell(told);
    }

    private void tell(NameResolver.Listener2 told) {
        List<EquivalentAddressGroup> known;
        synchronized (this) {
            known = servers;
        }
        told.onResult(
                NameResolver.ResolutionResult.newBuilder()
                        .setAddressesOrError(StatusOr.fromValue(known))
                        .build());
    }

    private synchronized void listener(NameResolver.@Nullable Listener2 next) {
        listener = next;
    }

    @Override
    public String getDefaultScheme() {
        return SCHEME;
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
        return new NameResolver() {
            @Override
            public String getServiceAuthority() {
                return authority;
            }

            @Override
            public void start(Listener2 heard) {
                listener(heard);
                tell(heard);
            }

            @Override
            public void shutdown() {
                listener(null);
            }
        };
    }
}

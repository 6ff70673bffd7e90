package io.gyrfalcon.verify.judged;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.StatusOr;

import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;

/** Resolves any name to these addresses, each a server of its own. */
final class TwoServers extends NameResolver.Factory {
    private final List<EquivalentAddressGroup> servers;

    TwoServers(SocketAddress... addresses) {
        servers = Arrays.stream(addresses).map(EquivalentAddressGroup::new).toList();
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args arguments) {
        return new NameResolver() {
            @Override
            public String getServiceAuthority() {
                return "two";
            }

            @Override
            public void start(Listener2 listener) {
                listener.onResult(
                        ResolutionResult.newBuilder()
                                .setAddressesOrError(StatusOr.fromValue(servers))
                                .build());
            }

            @Override
            public void shutdown() {}
        };
    }

    @Override
    public String getDefaultScheme() {
        return "two";
    }
}

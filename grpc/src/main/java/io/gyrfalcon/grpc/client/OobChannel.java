package io.gyrfalcon.grpc.client;

import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** A channel of a balancing policy's own, to servers that the policy names. Any thread. */
final class OobChannel extends ForwardingChannel {
    private final OobResolvers resolvers;

    private OobChannel(ManagedChannel channel, OobResolvers resolvers) {
        super(channel);
        this.resolvers = resolvers;
    }

    /** A channel that connects as the policy's own does. */
    @SuppressWarnings("deprecation") // The way to give one builder a resolver, and no other.
    static OobChannel of(
            ChildChannels children, List<EquivalentAddressGroup> servers, String authority) {
        OobResolvers resolvers = new OobResolvers(servers, authority);
        ManagedChannel channel =
                children.builder(OobResolvers.TARGET, children.credentials())
                        .nameResolverFactory(resolvers)
                        .idleTimeout(Integer.MAX_VALUE, TimeUnit.SECONDS)
                        .disableRetry()
                        .build();
        return new OobChannel(channel, resolvers);
    }

    /** The servers are these from now on. */
    void servers(List<EquivalentAddressGroup> servers) {
        resolvers.servers(servers);
    }

    @Override
    public String toString() {
        return "OobChannel{" + channel + '}';
    }
}

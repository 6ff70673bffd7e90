package io.gyrfalcon.grpc.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** A channel of a balancing policy's own, to servers that the policy names. Any thread. */
final class OobChannel extends ManagedChannel {
    private final ManagedChannel channel;
    private final OobResolvers resolvers;

    private OobChannel(ManagedChannel channel, OobResolvers resolvers) {
        this.channel = channel;
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
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        return channel.newCall(method, options);
    }

    @Override
    public String authority() {
        return channel.authority();
    }

    @Override
    public ManagedChannel shutdown() {
        channel.shutdown();
        return this;
    }

    @Override
    public ManagedChannel shutdownNow() {
        channel.shutdownNow();
        return this;
    }

    @Override
    public boolean isShutdown() {
        return channel.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return channel.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return channel.awaitTermination(timeout, unit);
    }

    @Override
    public ConnectivityState getState(boolean requestConnection) {
        return channel.getState(requestConnection);
    }

    @Override
    public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
        channel.notifyWhenStateChanged(source, callback);
    }

    @Override
    public void resetConnectBackoff() {
        channel.resetConnectBackoff();
    }

    @Override
    public void enterIdle() {
        channel.enterIdle();
    }

    @Override
    public String toString() {
        return "OobChannel{" + channel + '}';
    }
}

package io.gyrfalcon.grpc.client;

import io.grpc.ChannelCredentials;
import io.grpc.ChannelLogger;
import io.grpc.ChannelLogger.ChannelLogLevel;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MetricRecorder;
import io.grpc.NameResolver;
import io.grpc.NameResolverRegistry;
import io.grpc.SynchronizationContext;

import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

/** A channel as a policy of others sees it. Any thread, if not in its synchronization context. */
final class HostedChannel extends LoadBalancer.Helper {
    private final Exchange exchange;
    private final Hosting hosting;
    private final HostedBalancer balancer;

    HostedChannel(Exchange exchange, HostedBalancer balancer) {
        this.exchange = exchange;
        this.balancer = balancer;
        hosting = exchange.hosting();
    }

    @Override
    public LoadBalancer.Subchannel createSubchannel(CreateSubchannelArgs args) {
        hosting.context().throwIfNotInThisSynchronizationContext();
        return new HostedSubchannel(exchange, args);
    }

    @Override
    public void updateBalancingState(ConnectivityState state, SubchannelPicker picker) {
        hosting.context().throwIfNotInThisSynchronizationContext();
        if (state == null) throw new NullPointerException("newState");
        if (picker == null) throw new NullPointerException("newPicker");
        hosting.logger()
                .log(ChannelLogLevel.INFO, "Entering {0} state with picker: {1}", state, picker);
        exchange.loop().post(_ -> balancer.onPicker(state, picker));
    }

    @Override
    public void refreshNameResolution() {
        hosting.context().throwIfNotInThisSynchronizationContext();
        exchange.loop().post(_ -> balancer.onStale());
    }

    /** Nothing: policies may ask at any time. */
    @Deprecated
    @Override
    public void ignoreRefreshNameResolutionCheck() {}

    @Override
    public SynchronizationContext getSynchronizationContext() {
        return hosting.context();
    }

    @Override
    public ScheduledExecutorService getScheduledExecutorService() {
        return hosting.scheduler();
    }

    @Override
    public String getAuthority() {
        return exchange.options().authority();
    }

    @Override
    public String getChannelTarget() {
        return exchange.options().target().text();
    }

    @Override
    public ChannelLogger getChannelLogger() {
        return hosting.logger();
    }

    @Override
    public NameResolver.Args getNameResolverArgs() {
        return hosting.args();
    }

    @Override
    public NameResolverRegistry getNameResolverRegistry() {
        return hosting.registry();
    }

    @Override
    public MetricRecorder getMetricRecorder() {
        return hosting.metrics();
    }

    @Override
    public ChannelCredentials getUnsafeChannelCredentials() {
        return exchange.options().children().credentials();
    }

    @Override
    public ManagedChannelBuilder<?> createResolvingOobChannelBuilder(
            String target, ChannelCredentials credentials) {
        return exchange.options().children().builder(target, credentials);
    }

    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // It is inherited so.
    @Override
    public ManagedChannelBuilder<?> createResolvingOobChannelBuilder(String target) {
        return createResolvingOobChannelBuilder(target, getUnsafeChannelCredentials())
                .overrideAuthority(getAuthority());
    }

    @Override
    public ManagedChannel createOobChannel(EquivalentAddressGroup server, String authority) {
        return createOobChannel(List.of(server), authority);
    }

    @Override
    public ManagedChannel createOobChannel(List<EquivalentAddressGroup> servers, String authority) {
        return OobChannel.of(exchange.options().children(), servers, authority);
    }

    @Override
    public void updateOobChannelAddresses(ManagedChannel channel, EquivalentAddressGroup server) {
        updateOobChannelAddresses(channel, List.of(server));
    }

    @Override
    public void updateOobChannelAddresses(
            ManagedChannel channel, List<EquivalentAddressGroup> servers) {
        if (!(channel instanceof OobChannel ours)) {
            throw new IllegalArgumentException(
                    "channel must have been returned from createOobChannel");
        }
        ours.servers(servers);
    }
}

package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.Channel;
import io.grpc.ChannelLogger;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InternalLogId;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.traffic.connect.Connectivity;
import io.gyrfalcon.traffic.retry.Progress;
import io.gyrfalcon.transport.client.CallStatus;
import io.gyrfalcon.transport.client.Destination;
import io.gyrfalcon.transport.client.Endpoint;
import io.gyrfalcon.transport.client.EndpointEvents;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * A server as a policy of others holds it. The policy calls it in the channel's synchronization
 * context, calls are placed on the loop; the loop hears of what the policy wants by letters.
 */
/*
 * A subchannel that does not reconnect is told of its failure and is idle from then on: its own
 * endpoint's back-off never comes to an end.
 */
final class HostedSubchannel extends LoadBalancer.Subchannel implements EndpointEvents {
    private static final Status NOT_READY =
            Status.UNAVAILABLE.withDescription("Subchannel is NOT READY");
    private static final Status NOT_PATIENT =
            Status.UNAVAILABLE.withDescription(
                    "wait-for-ready RPC is not supported on Subchannel.asChannel()");

    private final Exchange exchange;
    private final Loop loop;
    private final Hosting hosting;
    private final Attributes attributes;
    private final boolean isReconnecting;
    private final InternalLogId name;
    private final ChannelLogger logger;

    // The context's.
    private List<EquivalentAddressGroup> servers;
    private @Nullable SubchannelStateListener listener;
    private boolean isShutDown;

    // The loop's.
    private @Nullable Endpoint endpoint;
    private IdentityHashMap<Destination, Attributes> known = new IdentityHashMap<>();
    private boolean isMuted;

    private volatile @Nullable Attributes connectedTo;

    HostedSubchannel(Exchange exchange, CreateSubchannelArgs args) {
        this.exchange = exchange;
        loop = exchange.loop();
        hosting = exchange.hosting();
        servers = args.getAddresses();
        attributes = args.getAttributes();
        Boolean isOnce = args.getOption(LoadBalancer.DISABLE_SUBCHANNEL_RECONNECT_KEY);
        isReconnecting = isOnce == null || !isOnce;
        name = InternalLogId.allocate("Subchannel", exchange.options().authority());
        logger = exchange.log(name.toString());
    }

    // What the policy says.

    @Override
    public void start(SubchannelStateListener heard) {
        hosting.context().throwIfNotInThisSynchronizationContext();
        if (listener != null) throw new IllegalStateException("already started");
        if (isShutDown) throw new IllegalStateException("already shutdown");
        if (heard == null) throw new NullPointerException("listener");
        listener = heard;
        List<EquivalentAddressGroup> groups = servers;
        loop.post(
                _ -> {
                    if (!exchange.isRested()) {
                        endpoint = exchange.endpoint(destinations(groups), this);
                    }
                });
    }

    @Override
    public void requestConnection() {
        requireStarted();
        if (!isShutDown) loop.post(_ -> connect());
    }

    @Override
    public void updateAddresses(List<EquivalentAddressGroup> groups) {
        requireStarted();
        servers = List.copyOf(groups);
        List<EquivalentAddressGroup> next = servers;
        loop.post(
                _ -> {
                    if (endpoint != null) endpoint.destinations(destinations(next));
                });
    }

    @Override
    public void shutdown() {
        hosting.context().throwIfNotInThisSynchronizationContext();
        if (isShutDown) return;
        isShutDown = true;
        if (listener == null) return;
        loop.post(
                _ -> {
                    if (endpoint != null) endpoint.shutdown(Statuses.SHUT_DOWN);
                });
    }

    @Override
    public List<EquivalentAddressGroup> getAllAddresses() {
        requireStarted();
        return servers;
    }

    private void requireStarted() {
        hosting.context().throwIfNotInThisSynchronizationContext();
        if (listener == null) throw new IllegalStateException("not started");
    }

    @Override
    public Attributes getAttributes() {
        return attributes;
    }

    @Override
    public @Nullable Attributes getConnectedAddressAttributes() {
        return connectedTo;
    }

    /** Itself: policies wrap subchannels, and this is how the innermost one is found. */
    @Override
    public Object getInternalSubchannel() {
        return this;
    }

    @Override
    public ChannelLogger getChannelLogger() {
        return logger;
    }

    @Override
    public Channel asChannel() {
        if (listener == null) throw new IllegalStateException("not started");
        return new Calls(exchange, this::placeOwn);
    }

    @Override
    public String toString() {
        return name.toString();
    }

    // The loop.

    private List<Destination> destinations(List<EquivalentAddressGroup> groups) {
        List<Destination> all = new ArrayList<>();
        IdentityHashMap<Destination, Attributes> of = new IdentityHashMap<>();
        for (EquivalentAddressGroup group : groups) {
            for (SocketAddress address : group.getAddresses()) {
                Destination made =
                        Target.destination(address, group.getAttributes(), exchange.options());
                all.add(made);
                of.put(made, group.getAttributes());
            }
        }
        known = of;
        return all;
    }

    private void connect() {
        Endpoint made = endpoint;
        if (made != null) made.connect();
    }

    /** Sends a call there; if not, it is still the caller's. Connects where nobody has asked. */
    boolean place(Attempt call, HostedPick pick, LoadBalancer.PickResult result) {
        Endpoint made = endpoint;
        if (made == null) return false;
        if (made.state() == Connectivity.READY) {
            call.take(
                    pick.route(
                            new Route(made, authority(result, made), null, null),
                            result.getStreamTracerFactory()));
            return made.start(call);
        }
        made.connect();
        return false;
    }

    private @Nullable String authority(LoadBalancer.PickResult result, Endpoint at) {
        String picked = result.getAuthorityOverride();
        if (picked != null) return picked;
        return Target.overrideOf(known.get(at.destination()), exchange.options());
    }

    /** Places a call of the policy's own, which goes here or nowhere. */
    private void placeOwn(Attempt call) {
        Endpoint made = endpoint;
        if (call.request().options().isWaitForReady()) {
            call.refuse(NOT_PATIENT, Progress.DROPPED);
        } else if (made == null || !made.start(call)) {
            call.refuse(NOT_READY, Progress.DROPPED);
        }
    }

    @Override
    public void onState(Endpoint of, Connectivity state, @Nullable CallStatus why) {
        if (isMuted) return;
        if (state == Connectivity.READY) connectedTo = known.get(of.destination());
        boolean isFailure = state == Connectivity.TRANSIENT_FAILURE;
        tell(
                isFailure
                        ? ConnectivityStateInfo.forTransientFailure(statusOf(why))
                        : ConnectivityStateInfo.forNonError(OwnBalancer.stateOf(state)));
        if (!isFailure || isReconnecting) return;
        isMuted = true;
        of.goIdle();
        isMuted = false;
    }

    private static Status statusOf(@Nullable CallStatus why) {
        return why == null ? Status.UNAVAILABLE : Statuses.of(why);
    }

    private void tell(ConnectivityStateInfo state) {
        logger.log(ChannelLogger.ChannelLogLevel.INFO, "{0}", state);
        hosting.run(
                () -> {
                    SubchannelStateListener told = listener;
                    if (told != null) told.onSubchannelState(state);
                });
    }

    @Override
    public void onTerminated(Endpoint of) {
        exchange.onTerminated(of);
    }
}

package io.gyrfalcon.grpc.client;

import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancerProvider;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.primitives.time.Timer;
import io.gyrfalcon.traffic.connect.BackoffSettings;
import io.gyrfalcon.traffic.connect.ConnectBackoff;
import io.gyrfalcon.traffic.retry.Progress;

import org.jspecify.annotations.Nullable;

import java.util.EnumSet;
import java.util.Set;

/**
 * A policy of others at work. Loop-owned, but for the policy itself, which is called in the
 * channel's synchronization context; its pickers are asked on the loop.
 */
/*
 * What the policy says comes by letters, in its order, and counts until the loop has shut it down.
 * A policy that does not accept what was resolved has the resolver asked again after a while.
 */
final class HostedBalancer extends Timer implements Balancer {
    /** Codes that only applications say: gRFC A54. */
    private static final Set<Status.Code> NOT_OURS =
            EnumSet.of(
                    Status.Code.OK,
                    Status.Code.INVALID_ARGUMENT,
                    Status.Code.NOT_FOUND,
                    Status.Code.ALREADY_EXISTS,
                    Status.Code.FAILED_PRECONDITION,
                    Status.Code.ABORTED,
                    Status.Code.OUT_OF_RANGE,
                    Status.Code.DATA_LOSS);

    private final Exchange exchange;
    private final Loop loop;
    private final Hosting hosting;
    private final BalancerEvents events;
    private final ConnectBackoff backoff = new ConnectBackoff(BackoffSettings.standard());
    private ConnectivityState state = ConnectivityState.CONNECTING;
    private boolean isOver;

    // The context's.
    private final HostedChannel helper;
    private @Nullable LoadBalancer policy;

    @SuppressWarnings("this-escape") // to a helper that nobody knows yet
    HostedBalancer(Exchange exchange, LoadBalancerProvider provider, BalancerEvents events) {
        this.exchange = exchange;
        this.events = events;
        loop = exchange.loop();
        hosting = exchange.hosting();
        helper = new HostedChannel(exchange, this);
        exchange.onHosted();
        hosting.run(() -> policy = provider.newLoadBalancer(helper));
    }

    @Override
    public void onResolved(Resolved resolved, Balancing config) {
        ResolvedAddresses told =
                ResolvedAddresses.newBuilder()
                        .setAddresses(resolved.servers())
                        .setAttributes(config.withHealth(resolved.attributes()))
                        .setLoadBalancingPolicyConfig(config.config())
                        .build();
        hosting.run(
                () -> {
                    LoadBalancer known = policy;
                    if (known == null) return;
                    boolean isAccepted = known.acceptResolvedAddresses(told).isOk();
                    loop.post(_ -> onAnswer(isAccepted));
                });
    }

    private void onAnswer(boolean isAccepted) {
        if (isOver) return;
        if (isAccepted) {
            backoff.reset();
            loop.timers().cancel(this);
        } else if (!isScheduled()) {
            askLater();
        }
    }

    private void askLater() {
        long nanos = backoff.nextNanos(exchange.random().nextDouble());
        loop.timers().schedule(this, loop.nowNanos() + nanos);
    }

    /** A resolver that knows it already may not answer. */
    @Override
    protected void onTimer(long nowNanos) {
        askLater();
        events.onStale();
    }

    @Override
    public void onUnresolved(Status why) {
        hosting.run(
                () -> {
                    if (policy != null) policy.handleNameResolutionError(why);
                });
    }

    @Override
    public void requestConnection() {
        hosting.run(
                () -> {
                    if (policy != null) policy.requestConnection();
                });
    }

    @Override
    public void shutDown() {
        isOver = true;
        loop.timers().cancel(this);
        hosting.run(
                () -> {
                    LoadBalancer known = policy;
                    policy = null;
                    if (known != null) known.shutdown();
                });
    }

    // What the policy says, on the loop.

    void onPicker(ConnectivityState next, SubchannelPicker picker) {
        if (isOver) return;
        // A channel is shut down by its user only.
        if (next != ConnectivityState.SHUTDOWN) state = next;
        events.onPicker(state, call -> place(call, picker));
    }

    void onStale() {
        if (!isOver) events.onStale();
    }

    private void place(Attempt call, SubchannelPicker picker) {
        HostedPick pick = new HostedPick(call);
        PickResult result;
        try {
            result = picker.pickSubchannel(pick);
        } catch (Throwable thrown) {
            exchange.keep(call);
            exchange.panic(thrown);
            return;
        }
        LoadBalancer.Subchannel chosen = result.getSubchannel();
        Status status = result.getStatus();
        if (chosen != null) {
            Object inner = chosen.getInternalSubchannel();
            boolean isPlaced =
                    inner instanceof HostedSubchannel ours && ours.place(call, pick, result);
            if (!isPlaced) exchange.keep(call);
        } else if (result.isDrop()) {
            call.refuse(sayable(status), Progress.DROPPED);
        } else if (!status.isOk() && !call.request().options().isWaitForReady()) {
            call.refuse(sayable(status), Progress.PROCESSED);
        } else {
            exchange.keep(call, status.isOk() ? null : status);
        }
    }

    private static Status sayable(Status status) {
        if (!NOT_OURS.contains(status.getCode())) return status;
        return Status.INTERNAL
                .withDescription(
                        "Inappropriate status code from control plane: "
                                + status.getCode()
                                + " "
                                + status.getDescription())
                .withCause(status.getCause());
    }
}

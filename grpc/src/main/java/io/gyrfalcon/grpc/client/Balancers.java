package io.gyrfalcon.grpc.client;

import io.grpc.ConnectivityState;
import io.grpc.Status;
import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

/**
 * The policy that a channel goes by, and the one that follows it. Loop-owned.
 *
 * <p>With another config's policy the one at work goes on while it has a connection, until the next
 * one has said more than that it is connecting.
 */
@LoopOwned
final class Balancers {
    /** A policy, and what it said last. */
    private final class Seat implements BalancerEvents {
        final Balancing config;
        final Balancer balancer;
        ConnectivityState state = ConnectivityState.CONNECTING;
        CallPicker picker = exchange::keep;

        Seat(Balancing config) {
            this.config = config;
            balancer = config.balancer(exchange, this);
        }

        @Override
        public void onPicker(ConnectivityState next, CallPicker where) {
            state = next;
            picker = where;
            if (this == current || this == follower) settle();
        }

        @Override
        public void onStale() {
            if (this == current || this == follower) exchange.resolve();
        }
    }

    private final Exchange exchange;
    private Seat current;
    private @Nullable Seat follower;

    @SuppressWarnings("NullAway") // A seat that is being made has nothing to settle yet.
    Balancers(Exchange exchange, Balancing config) {
        this.exchange = exchange;
        current = new Seat(config);
    }

    /** Servers, and the policy that is to balance them. */
    void onResolved(Resolved resolved, Balancing config) {
        if (!newest().config.isServedBy(config)) begin(config);
        newest().balancer.onResolved(resolved, config);
    }

    private void begin(Balancing config) {
        Seat left = follower;
        follower = new Seat(config);
        if (left != null) left.balancer.shutDown();
        settle();
    }

    void onUnresolved(Status why) {
        newest().balancer.onUnresolved(why);
    }

    void requestConnection() {
        newest().balancer.requestConnection();
    }

    void shutDown() {
        Seat next = follower;
        follower = null;
        current.balancer.shutDown();
        if (next != null) next.balancer.shutDown();
    }

    private Seat newest() {
        Seat next = follower;
        return next == null ? current : next;
    }

    /** Lets the follower take over, if it is time; tells where calls go. */
    void settle() {
        Seat next = follower;
        Seat left = current;
        if (next == null || !isTimeFor(next)) {
            exchange.onPicker(left.state, left.picker);
            return;
        }
        current = next;
        follower = null;
        exchange.onPicker(next.state, next.picker);
        left.balancer.shutDown();
    }

    private boolean isTimeFor(Seat next) {
        return next.state != ConnectivityState.CONNECTING
                || current.state != ConnectivityState.READY;
    }
}

package io.gyrfalcon.grpc.client;

import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.time.Timer;
import io.gyrfalcon.traffic.WakeUp;
import io.gyrfalcon.traffic.balance.Pick;
import io.gyrfalcon.traffic.balance.Picker;
import io.gyrfalcon.traffic.balance.Policy;
import io.gyrfalcon.traffic.balance.Step;
import io.gyrfalcon.traffic.connect.Connectivity;
import io.gyrfalcon.traffic.retry.Progress;
import io.gyrfalcon.transport.client.CallStatus;
import io.gyrfalcon.transport.client.Endpoint;
import io.gyrfalcon.transport.client.EndpointEvents;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One of our own policies at work: its steps done on endpoints. Loop-owned. */
/*
 * A step may make an endpoint say something, of which the policy makes further steps: these are
 * done after those that are under way.
 */
@LoopOwned
final class OwnBalancer extends Timer implements Balancer, EndpointEvents {
    private final Exchange exchange;
    private final Loop loop;
    private final BalancerEvents events;
    private final Policy<SocketAddress> policy;
    private final Map<SocketAddress, Endpoint> endpoints = new HashMap<>();
    private final Map<SocketAddress, HealthWatch> watches = new HashMap<>();
    private final @Nullable String healthService;
    private final ArrayDeque<Step<SocketAddress>> todo = new ArrayDeque<>();
    private boolean isPerforming;

    OwnBalancer(Exchange exchange, Balancing config, BalancerEvents events) {
        this.exchange = exchange;
        this.events = events;
        loop = exchange.loop();
        policy = config.policy();
        healthService = config.healthService();
    }

    @Override
    public void onResolved(Resolved resolved, Balancing config) {
        List<io.gyrfalcon.traffic.balance.Endpoint<SocketAddress>> found = new ArrayList<>();
        for (EquivalentAddressGroup server : resolved.servers()) {
            found.add(new io.gyrfalcon.traffic.balance.Endpoint<>(server.getAddresses(), 1));
        }
        perform(policy.onEndpoints(found, exchange.random(), loop.nowNanos()));
    }

    @Override
    public void onUnresolved(Status why) {
        perform(policy.onResolveFailed(Statuses.failure(Statuses.of(why))));
    }

    @Override
    public void requestConnection() {
        perform(policy.requestConnection(loop.nowNanos()));
    }

    @Override
    public void shutDown() {
        perform(policy.shutDown());
        loop.timers().cancel(this);
        for (HealthWatch watch : watches.values()) watch.stop();
        watches.clear();
        for (Endpoint endpoint : endpoints.values()) endpoint.shutdown(Statuses.SHUT_DOWN);
        endpoints.clear();
    }

    @Override
    protected void onTimer(long nowNanos) {
        perform(policy.onTime(nowNanos));
    }

    @Override
    public void onState(Endpoint endpoint, Connectivity state, @Nullable CallStatus why) {
        SocketAddress address = addressOf(endpoint);
        if (address == null) return;
        perform(
                policy.onState(
                        address,
                        state,
                        why == null ? null : Statuses.failure(why),
                        loop.nowNanos()));
        if (state == Connectivity.READY) watch(address, endpoint);
        else unwatch(address);
    }

    /** Asks for the health of an endpoint, if it is still wanted. */
    private void watch(SocketAddress address, Endpoint endpoint) {
        String service = healthService;
        if (service == null || endpoints.get(address) != endpoint) return;
        HealthWatch watch =
                new HealthWatch(
                        exchange,
                        endpoint,
                        service,
                        (health, why) ->
                                perform(policy.onHealth(address, health, why, loop.nowNanos())));
        watches.put(address, watch);
        watch.start();
    }

    private void unwatch(SocketAddress address) {
        HealthWatch watch = watches.remove(address);
        if (watch != null) watch.stop();
    }

    /** As the resolver has it: behind a proxy, another one than is connected to. */
    private @Nullable SocketAddress addressOf(Endpoint endpoint) {
        for (Map.Entry<SocketAddress, Endpoint> entry : endpoints.entrySet()) {
            if (entry.getValue() == endpoint) return entry.getKey();
        }
        return null;
    }

    @Override
    public void onTerminated(Endpoint endpoint) {
        exchange.onTerminated(endpoint);
    }

    private void perform(List<Step<SocketAddress>> steps) {
        todo.addAll(steps);
        if (isPerforming) return;
        isPerforming = true;
        try {
            for (Step<SocketAddress> step = todo.poll(); step != null; step = todo.poll()) {
                perform(step);
            }
        } finally {
            isPerforming = false;
        }
        long atNanos = policy.wakeAtNanos();
        if (atNanos == WakeUp.NEVER) loop.timers().cancel(this);
        else loop.timers().schedule(this, atNanos);
    }

    private void perform(Step<SocketAddress> step) {
        switch (step) {
            case Step.Connect<SocketAddress>(SocketAddress address) ->
                    endpoints.computeIfAbsent(address, this::endpoint).connect();
            case Step.Close<SocketAddress>(SocketAddress address) -> {
                unwatch(address);
                Endpoint given = endpoints.remove(address);
                if (given != null) given.shutdown(Statuses.SHUT_DOWN);
            }
            case Step.Resolve<SocketAddress>() -> events.onStale();
            case Step.Publish<SocketAddress>(Connectivity state, Picker<SocketAddress> next) ->
                    events.onPicker(stateOf(state), call -> place(call, next));
        }
    }

    private Endpoint endpoint(SocketAddress address) {
        return exchange.endpoint(List.of(Target.destination(address, exchange.options())), this);
    }

    static ConnectivityState stateOf(Connectivity state) {
        return switch (state) {
            case IDLE -> ConnectivityState.IDLE;
            case CONNECTING -> ConnectivityState.CONNECTING;
            case READY -> ConnectivityState.READY;
            case TRANSIENT_FAILURE -> ConnectivityState.TRANSIENT_FAILURE;
            case SHUTDOWN -> ConnectivityState.SHUTDOWN;
        };
    }

    private void place(Attempt call, Picker<SocketAddress> picker) {
        Pick<SocketAddress> pick = picker.pick(exchange.turns());
        switch (pick.kind()) {
            case USE -> {
                Endpoint endpoint = endpoints.get(pick.target());
                if (endpoint == null || !endpoint.start(call)) exchange.keep(call);
            }
            case WAIT -> exchange.keep(call);
            case CONNECT -> {
                exchange.keep(call);
                requestConnection();
            }
            case FAIL -> {
                if (call.request().options().isWaitForReady()) exchange.keep(call, failure(pick));
                else refuse(call, pick);
            }
            case DROP -> refuse(call, pick);
        }
    }

    private static Status failure(Pick<SocketAddress> pick) {
        assert pick.failure() != null;
        return Statuses.of(pick.failure());
    }

    private static void refuse(Attempt call, Pick<SocketAddress> pick) {
        boolean isDropped = pick.kind() == Pick.Kind.DROP;
        Progress progress = isDropped ? Progress.DROPPED : Progress.PROCESSED;
        call.refuse(failure(pick), progress);
    }
}

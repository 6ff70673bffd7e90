package io.gyrfalcon.grpc.client;

import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.TurnTask;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.time.Timer;
import io.gyrfalcon.traffic.WakeUp;
import io.gyrfalcon.traffic.balance.Pick;
import io.gyrfalcon.traffic.balance.Picker;
import io.gyrfalcon.traffic.balance.Policy;
import io.gyrfalcon.traffic.balance.Step;
import io.gyrfalcon.traffic.balance.Turns;
import io.gyrfalcon.traffic.connect.Connectivity;
import io.gyrfalcon.traffic.retry.Progress;
import io.gyrfalcon.traffic.retry.RetryThrottle;
import io.gyrfalcon.traffic.retry.RetryThrottling;
import io.gyrfalcon.transport.client.CallStatus;
import io.gyrfalcon.transport.client.Endpoint;
import io.gyrfalcon.transport.client.EndpointEvents;
import io.gyrfalcon.transport.client.PoolSettings;
import io.gyrfalcon.transport.wire.StatusCode;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Where one channel's calls find their connection: its name's resolution, its balancing policy and
 * its endpoints put together. Loop-owned.
 */
/*
 * Idle, it has no policy, no resolution and no endpoint. The first call wakes it: the name is
 * looked up, the policy hears of the addresses, and its steps are done here. Calls wait in a set
 * until a picker sends them somewhere, and are looked at again with each new picker.
 *
 * A step may make an endpoint say something, of which the policy makes further steps: these are
 * done after those that are under way.
 */
@LoopOwned
public final class Exchange implements EndpointEvents, ResolutionEvents, TurnTask {
    private static final int WAITING_MAX = 100_000;

    private final Loop loop;
    private final ChannelOptions options;
    private final ChannelEvents events;
    private final RandomGenerator random = new SplittableRandom();
    private final Turns turns = new Turns(random.nextInt());

    private final Timer policyTimer =
            new Timer() {
                @Override
                protected void onTimer(long nowNanos) {
                    Policy<SocketAddress> known = policy;
                    if (known != null) perform(known.onTime(nowNanos));
                }
            };

    private final Timer idleTimer =
            new Timer() {
                @Override
                protected void onTimer(long nowNanos) {
                    goIdle();
                }
            };

    private @Nullable Policy<SocketAddress> policy;
    private @Nullable Resolution resolution;
    private Picker<SocketAddress> picker = Pick.await();
    private final Map<SocketAddress, Endpoint> endpoints = new HashMap<>();

    /** Those in use, and those given up whose connections have not ended. */
    private final List<Endpoint> alive = new ArrayList<>();

    private final Set<RoutedCall> waiting = new LinkedHashSet<>();
    private final List<RoutedCall> again = new ArrayList<>();
    private final ArrayDeque<Step<SocketAddress>> todo = new ArrayDeque<>();
    private boolean isPerforming;
    private Connectivity told = Connectivity.IDLE;

    /** The calls that have not ended. */
    private @Nullable RoutedCall first;

    private final @Nullable RetryThrottle throttle;
    private long keptBytes;
    private boolean isShutDown;
    private boolean isTerminated;

    /** An idle one. Any thread. */
    public Exchange(Loop loop, ChannelOptions options, ChannelEvents events) {
        this.loop = loop;
        this.options = options;
        this.events = events;
        RetryThrottling throttling = options.config().retryThrottling();
        throttle = throttling == null ? null : new RetryThrottle(throttling);
    }

    /** The loop that owns it. */
    public Loop loop() {
        return loop;
    }

    ChannelOptions options() {
        return options;
    }

    /** Runs user code where the channel's callbacks run. Any thread. */
    void execute(Runnable task) {
        options.lane().execute(loop, task);
    }

    // What attempts ask.

    long nowNanos() {
        return loop.nowNanos();
    }

    double nextRandom() {
        return random.nextDouble();
    }

    @Nullable RetryThrottle throttle() {
        return throttle;
    }

    /** So many bytes are kept for another attempt; false where that is too much. */
    boolean keep(int bytes) {
        if (keptBytes + bytes > options.retries().channelBytesMax()) return false;
        keptBytes += bytes;
        return true;
    }

    void unkeep(long bytes) {
        keptBytes -= bytes;
    }

    // Calls.

    /** A call begins; false where none may. */
    boolean add(RoutedCall call) {
        if (isShutDown) return false;
        loop.timers().cancel(idleTimer);
        RoutedCall before = first;
        call.next = before;
        if (before != null) before.previous = call;
        first = call;
        wake();
        return true;
    }

    /** A call has ended. */
    void remove(RoutedCall call) {
        waiting.remove(call);
        RoutedCall before = call.previous;
        RoutedCall after = call.next;
        if (before == null && first != call) return;
        if (before == null) first = after;
        else before.next = after;
        if (after != null) after.previous = before;
        call.previous = null;
        call.next = null;
        if (first != null) return;
        if (isShutDown) end();
        else if (policy != null) startIdleTimer();
    }

    private void startIdleTimer() {
        if (options.idleNanos() == Long.MAX_VALUE) return;
        loop.timers().schedule(idleTimer, WakeUp.after(loop.nowNanos(), options.idleNanos()));
    }

    /** Sends a call where calls go now, or keeps it. */
    void place(RoutedCall call) {
        wake();
        Pick<SocketAddress> pick = picker.pick(turns);
        switch (pick.kind()) {
            case USE -> {
                Endpoint endpoint = endpoints.get(pick.target());
                if (endpoint == null || !endpoint.start(call)) keep(call);
            }
            case WAIT -> keep(call);
            case CONNECT -> {
                keep(call);
                Policy<SocketAddress> known = policy;
                if (known != null) perform(known.requestConnection(loop.nowNanos()));
            }
            case FAIL -> {
                if (call.request().options().isWaitForReady()) keep(call);
                else refuse(call, pick);
            }
            case DROP -> refuse(call, pick);
        }
    }

    private static void refuse(RoutedCall call, Pick<SocketAddress> pick) {
        assert pick.failure() != null;
        boolean isDropped = pick.kind() == Pick.Kind.DROP;
        Progress progress = isDropped ? Progress.DROPPED : Progress.PROCESSED;
        call.refuse(Statuses.of(pick.failure()), progress);
    }

    private void keep(RoutedCall call) {
        if (waiting.size() < WAITING_MAX) {
            waiting.add(call);
            return;
        }
        String text = "more than " + WAITING_MAX + " calls wait for a connection";
        call.refuse(
                Statuses.of(CallStatus.of(StatusCode.RESOURCE_EXHAUSTED, text)), Progress.DROPPED);
    }

    /** As {@link #place}, once what goes on has been told to everybody. */
    void placeLater(RoutedCall call) {
        if (again.isEmpty()) loop.atTurnEnd(this);
        again.add(call);
    }

    @Override
    public void onTurnEnd(Loop on) {
        RoutedCall[] calls = again.toArray(new RoutedCall[0]);
        again.clear();
        for (RoutedCall call : calls) {
            if (call.isWanted()) place(call);
        }
    }

    private void placeWaiting() {
        if (waiting.isEmpty()) return;
        RoutedCall[] calls = waiting.toArray(new RoutedCall[0]);
        waiting.clear();
        for (RoutedCall call : calls) {
            if (call.isWanted()) place(call);
        }
    }

    // Addresses and connections.

    /** Begins to look for servers, unless that is done. */
    private void wake() {
        if (policy != null || (isShutDown && first == null)) return;
        policy = options.balancing().policy();
        picker = Pick.await();
        tell(Connectivity.CONNECTING);
        Resolution begun = options.target().resolution(loop, options, random, this);
        resolution = begun;
        begun.start();
    }

    @Override
    public void onResolved(Resolved resolved) {
        Policy<SocketAddress> known = policy;
        if (known == null) return;
        List<io.gyrfalcon.traffic.balance.Endpoint<SocketAddress>> found = new ArrayList<>();
        for (EquivalentAddressGroup server : resolved.servers()) {
            found.add(new io.gyrfalcon.traffic.balance.Endpoint<>(server.getAddresses(), 1));
        }
        perform(known.onEndpoints(found, random, loop.nowNanos()));
    }

    @Override
    public void onUnresolved(Status why) {
        Policy<SocketAddress> known = policy;
        if (known != null) perform(known.onResolveFailed(Statuses.failure(Statuses.of(why))));
    }

    @Override
    public void onState(Endpoint endpoint, Connectivity state, @Nullable CallStatus why) {
        SocketAddress address = endpoint.destination().address();
        Policy<SocketAddress> known = policy;
        if (known == null || endpoints.get(address) != endpoint) return;
        perform(
                known.onState(
                        address,
                        state,
                        why == null ? null : Statuses.failure(why),
                        loop.nowNanos()));
    }

    @Override
    public void onTerminated(Endpoint endpoint) {
        alive.remove(endpoint);
        if (isShutDown) terminate();
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
        seeToTimer();
    }

    private void perform(Step<SocketAddress> step) {
        switch (step) {
            case Step.Connect<SocketAddress>(SocketAddress address) ->
                    endpoints.computeIfAbsent(address, this::endpoint).connect();
            case Step.Close<SocketAddress>(SocketAddress address) -> {
                Endpoint given = endpoints.remove(address);
                if (given != null) given.shutdown(Statuses.SHUT_DOWN);
            }
            case Step.Resolve<SocketAddress>() -> {
                if (resolution != null) resolution.refresh();
            }
            case Step.Publish<SocketAddress>(Connectivity state, Picker<SocketAddress> next) -> {
                picker = next;
                tell(state);
                placeWaiting();
            }
        }
    }

    private Endpoint endpoint(SocketAddress address) {
        Endpoint made =
                new Endpoint(
                        loop,
                        Target.destination(address, options),
                        options.settings(),
                        PoolSettings.defaults(),
                        random,
                        this);
        alive.add(made);
        return made;
    }

    private void seeToTimer() {
        Policy<SocketAddress> known = policy;
        long atNanos = known == null ? WakeUp.NEVER : known.wakeAtNanos();
        if (atNanos == WakeUp.NEVER) loop.timers().cancel(policyTimer);
        else loop.timers().schedule(policyTimer, atNanos);
    }

    private void tell(Connectivity state) {
        if (isShutDown || state == told) return;
        told = state;
        events.onState(
                switch (state) {
                    case IDLE -> ConnectivityState.IDLE;
                    case CONNECTING -> ConnectivityState.CONNECTING;
                    case READY -> ConnectivityState.READY;
                    case TRANSIENT_FAILURE -> ConnectivityState.TRANSIENT_FAILURE;
                    case SHUTDOWN -> ConnectivityState.SHUTDOWN;
                });
    }

    // What the channel's user asks.

    /** Somebody wants a connection without calling. */
    public void connect() {
        if (isShutDown) return;
        wake();
        Policy<SocketAddress> known = policy;
        if (known != null) perform(known.requestConnection(loop.nowNanos()));
        if (first == null) startIdleTimer();
    }

    /** Forgets earlier failures, and tries again. */
    public void resetBackoff() {
        if (resolution != null) resolution.refresh();
        for (Endpoint endpoint : endpoints.values().toArray(new Endpoint[0])) {
            endpoint.resetBackoff();
        }
    }

    /** Lets connections go, once their calls have ended; calls that wait begin anew. */
    public void goIdle() {
        if (policy == null || isShutDown) return;
        letGo();
        tell(Connectivity.IDLE);
        placeWaiting();
    }

    private void letGo() {
        Policy<SocketAddress> known = policy;
        if (known != null) perform(known.shutDown());
        policy = null;
        picker = Pick.await();
        loop.timers().cancel(policyTimer);
        loop.timers().cancel(idleTimer);
        Resolution begun = resolution;
        resolution = null;
        if (begun != null) begun.close();
        for (Endpoint endpoint : endpoints.values()) endpoint.shutdown(Statuses.SHUT_DOWN);
        endpoints.clear();
    }

    /** Takes no more calls; ends with those that there are. */
    public void shutdown() {
        if (isShutDown) return;
        isShutDown = true;
        events.onState(ConnectivityState.SHUTDOWN);
        if (first == null) end();
    }

    /** Ends, and all calls with it. */
    public void shutdownNow() {
        shutdown();
        for (RoutedCall call = first; call != null; call = first)
            call.abort(Statuses.SHUT_DOWN_NOW);
        for (Endpoint endpoint : alive.toArray(new Endpoint[0])) {
            endpoint.closeNow(Statuses.SHUT_DOWN_NOW);
        }
    }

    private void end() {
        letGo();
        terminate();
    }

    private void terminate() {
        if (first != null || !alive.isEmpty() || isTerminated) return;
        isTerminated = true;
        events.onTerminated();
    }
}

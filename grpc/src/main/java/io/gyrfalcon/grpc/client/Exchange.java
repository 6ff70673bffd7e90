package io.gyrfalcon.grpc.client;

import io.grpc.ChannelLogger;
import io.grpc.ConnectivityState;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.TurnTask;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.time.Timer;
import io.gyrfalcon.traffic.WakeUp;
import io.gyrfalcon.traffic.balance.Turns;
import io.gyrfalcon.traffic.retry.Progress;
import io.gyrfalcon.traffic.retry.RetryThrottle;
import io.gyrfalcon.traffic.retry.RetryThrottling;
import io.gyrfalcon.transport.client.CallStatus;
import io.gyrfalcon.transport.client.Destination;
import io.gyrfalcon.transport.client.Endpoint;
import io.gyrfalcon.transport.client.EndpointEvents;
import io.gyrfalcon.transport.client.PoolSettings;
import io.gyrfalcon.transport.wire.StatusCode;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Where one channel's calls find their connection: its name's resolution, its balancing policy and
 * its endpoints put together. Loop-owned.
 */
/*
 * Idle, it has no policy, no resolution and no endpoint. The first call wakes it: the name is
 * looked up, and the policy hears of the addresses. Calls wait in a set until a picker sends them
 * somewhere, and are looked at again with each new picker.
 */
@LoopOwned
public final class Exchange implements ResolutionEvents, TurnTask {
    private static final System.Logger LOG = System.getLogger("io.gyrfalcon.grpc");
    private static final int WAITING_MAX = 100_000;

    private final Loop loop;
    private final ChannelOptions options;
    private final ChannelEvents events;
    private final RandomGenerator random;
    private final Turns turns;

    private final Timer idleTimer =
            new Timer() {
                @Override
                protected void onTimer(long nowNanos) {
                    goIdle();
                }
            };

    private @Nullable Balancers balancers;
    private @Nullable Resolution resolution;
    private CallPicker picker = this::keep;

    /** Those in use, and those given up whose connections have not ended. */
    private final List<Endpoint> alive = new ArrayList<>();

    private final Set<Attempt> waiting = new LinkedHashSet<>();
    private final List<Attempt> again = new ArrayList<>();
    private ConnectivityState told = ConnectivityState.IDLE;

    /** The calls that have not ended. */
    private @Nullable RoutedCall first;

    private final ChannelWatch watch;
    private final Hosting hosting;
    private final @Nullable Resolvers resolvers;
    private final CallConfigs configs;
    private Configuration config;
    private @Nullable RetryThrottle throttle;
    private @Nullable Throwable panic;
    private boolean isHosting;
    private boolean isRested;
    private boolean isUnresolved;
    private long keptBytes;
    private boolean isShutDown;
    private boolean isTerminated;

    /**
     * An idle one. Any thread; may ask a resolver of others for its authority.
     *
     * @throws IllegalArgumentException if that cannot be made
     */
    public Exchange(Loop loop, ChannelOptions options, ChannelEvents events) {
        this(loop, options, events, new SplittableRandom());
    }

    /** As the other one, with chance that a simulator decides. */
    @SuppressWarnings("this-escape") // Nothing is hosted, and so panics, before the first call.
    Exchange(Loop loop, ChannelOptions options, ChannelEvents events, RandomGenerator random) {
        this.loop = loop;
        this.events = events;
        this.random = random;
        turns = new Turns(random.nextInt());
        config = options.own();
        watch = ChannelzNode.orNone(options.target().text(), loop.clock(), options.tracesMax());
        hosting = new Hosting(loop, options, watch, this::onPanic);
        ResolverSource source = options.target().source();
        Naming naming = options.naming();
        resolvers = source == null ? null : resolvers(source, options);
        String authority = naming.overrideAuthority();
        this.options =
                resolvers == null || authority != null
                        ? options
                        : options.ofAuthority(resolvers.authority());
        throttle = throttle(config);
        boolean isKnown = resolvers == null || !naming.isConfigLookedUp();
        configs = new CallConfigs(isKnown ? new CallConfig(config.service(), null) : null);
    }

    private Resolvers resolvers(ResolverSource source, ChannelOptions settled) {
        try {
            return new Resolvers(source, hosting.args(), settled);
        } catch (RuntimeException | Error e) {
            watch.onTerminated();
            throw e;
        }
    }

    private static @Nullable RetryThrottle throttle(Configuration config) {
        RetryThrottling throttling = config.service().retryThrottling();
        return throttling == null ? null : new RetryThrottle(throttling);
    }

    /** The loop that owns it. */
    public Loop loop() {
        return loop;
    }

    ChannelOptions options() {
        return options;
    }

    /** What new calls go by. Any thread. */
    CallConfigs configs() {
        return configs;
    }

    /** Where others' code lives. Any thread. */
    Hosting hosting() {
        return hosting;
    }

    /** Runs user code where the channel's callbacks run. Any thread. */
    void execute(Runnable task) {
        options.lane().execute(loop, task);
    }

    // What balancers ask.

    /** Whether the channel has ended, and nothing is connected any more. */
    boolean isRested() {
        return isRested;
    }

    /** A policy of others is at work: the end waits until it has been shut down. */
    void onHosted() {
        isHosting = true;
    }

    RandomGenerator random() {
        return random;
    }

    Turns turns() {
        return turns;
    }

    /** The head of a method's requests that say another authority than the channel's. */
    FieldBlock head(MethodDescriptor<?, ?> method, String authority) {
        return Calls.head(options, method.getFullMethodName(), authority);
    }

    /** A log of something that the channel hosts. Any thread. */
    ChannelLogger log(String name) {
        return new ChannelLog(name, watch);
    }

    /** An endpoint that nobody has asked for; it is waited for when the channel ends. */
    Endpoint endpoint(List<Destination> destinations, EndpointEvents heard) {
        String name = destinations.getFirst().address().toString();
        ChannelWatch watched = watch.subchannel(name);
        Endpoint made =
                new Endpoint(
                        loop,
                        destinations,
                        options.settings(),
                        PoolSettings.defaults(),
                        random,
                        new WatchedEndpoint(loop, options, watched, heard));
        alive.add(made);
        return made;
    }

    /** An endpoint's last connection has ended. */
    void onTerminated(Endpoint endpoint) {
        alive.remove(endpoint);
        if (isShutDown) terminate();
    }

    /** Has the resolver look again. */
    void resolve() {
        if (resolution != null) resolution.refresh();
    }

    /** Calls go there from now on. */
    void onPicker(ConnectivityState state, CallPicker next) {
        picker = next;
        tell(state);
        placeWaiting();
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
        if (call.own() != null) return !isTerminated;
        if (isShutDown && !call.isAdmitted) return false;
        loop.timers().cancel(idleTimer);
        watch.onCallStarted(loop.nowNanos());
        RoutedCall before = first;
        call.next = before;
        if (before != null) before.previous = call;
        first = call;
        wake();
        return true;
    }

    /** A call has ended. */
    void remove(RoutedCall call, boolean isOk) {
        RoutedCall before = call.previous;
        RoutedCall after = call.next;
        if (before == null && first != call) return;
        watch.onCallEnded(isOk);
        if (before == null) first = after;
        else before.next = after;
        if (after != null) after.previous = before;
        call.previous = null;
        call.next = null;
        if (first == null) onNoCalls();
    }

    private void onNoCalls() {
        if (!configs.isEmpty()) return;
        if (isShutDown) end();
        else if (balancers != null) startIdleTimer();
    }

    /** A call begins that waits for the first config. */
    void admit(DelayedCall<?, ?> call) {
        if (call.hasEnded()) return;
        if (isShutDown) {
            call.end(Statuses.of(Statuses.SHUT_DOWN));
            return;
        }
        loop.timers().cancel(idleTimer);
        configs.admit(call);
        wake();
    }

    /** A call has ended that waited once. */
    void leave(DelayedCall<?, ?> call) {
        configs.remove(call);
        if (first == null) onNoCalls();
    }

    private void startIdleTimer() {
        if (options.idleNanos() == Long.MAX_VALUE) return;
        loop.timers().schedule(idleTimer, WakeUp.after(loop.nowNanos(), options.idleNanos()));
    }

    /** Sends a call where calls go now, or keeps it. */
    void place(Attempt call) {
        CallPicker own = call.own();
        if (own != null) {
            own.place(call);
            return;
        }
        wake();
        picker.place(call);
    }

    /** Until the next picker. */
    void keep(Attempt call) {
        keep(call, null);
    }

    /**
     * As {@link #keep(Attempt)}, where calls fail that do not wait for a connection.
     *
     * @param failure theirs, or {@code null}
     */
    void keep(Attempt call, @Nullable Status failure) {
        if (waiting.size() < WAITING_MAX) {
            waiting.add(call);
            call.onKept(failure);
            return;
        }
        String text = "more than " + WAITING_MAX + " calls wait for a connection";
        call.refuse(
                Statuses.of(CallStatus.of(StatusCode.RESOURCE_EXHAUSTED, text)), Progress.DROPPED);
    }

    /** An attempt is not to be placed any more. */
    void forget(Attempt call) {
        waiting.remove(call);
    }

    /** As {@link #place}, once what goes on has been told to everybody. */
    void placeLater(Attempt call) {
        if (again.isEmpty()) loop.atTurnEnd(this);
        again.add(call);
    }

    @Override
    public void onTurnEnd(Loop on) {
        Attempt[] calls = again.toArray(new Attempt[0]);
        again.clear();
        for (Attempt call : calls) {
            if (call.isWanted()) place(call);
        }
    }

    private void placeWaiting() {
        if (waiting.isEmpty()) return;
        Attempt[] calls = waiting.toArray(new Attempt[0]);
        waiting.clear();
        for (Attempt call : calls) {
            if (call.isWanted()) place(call);
        }
    }

    // Addresses and connections.

    /** Begins to look for servers, unless that is done. */
    private void wake() {
        boolean isOver = isShutDown && first == null && configs.isEmpty();
        if (balancers != null || panic != null || isOver) return;
        picker = this::keep;
        Balancers begunWith = new Balancers(this, config.balancing());
        balancers = begunWith;
        begunWith.settle();
        Resolution begun =
                resolvers == null
                        ? options.target().resolution(loop, options, random, this)
                        : new HostedResolution(loop, hosting, resolvers, random, this);
        resolution = begun;
        begun.start();
    }

    @Override
    public void onResolved(Resolved resolved) {
        isUnresolved = false;
        Balancers known = balancers;
        if (known == null) return;
        configure(resolved);
        known.onResolved(resolved, config.balancing());
    }

    private void configure(Resolved resolved) {
        Configuration next = resolved.config();
        if (next != null && !next.equals(config)) {
            config = next;
            throttle = throttle(next);
        }
        configs.use(new CallConfig(config.service(), resolved.selector()));
    }

    @Override
    public void onUnresolved(Status why) {
        if (!isUnresolved) {
            String name = options.target().text();
            LOG.log(System.Logger.Level.WARNING, "Failed to resolve {0}: {1}", name, why);
        }
        isUnresolved = true;
        if (configs.current() == null) configs.use(new CallConfig(config.service(), null));
        if (balancers != null) balancers.onUnresolved(why);
    }

    private void tell(ConnectivityState state) {
        if (isShutDown || state == told) return;
        told = state;
        watch.onState(state);
        events.onState(state);
    }

    // What the channel's user asks.

    /** Somebody wants a connection without calling. */
    public void connect() {
        if (isShutDown) return;
        wake();
        if (balancers != null) balancers.requestConnection();
        if (first == null) startIdleTimer();
    }

    /** Forgets earlier failures, and tries again. */
    public void resetBackoff() {
        resolve();
        for (Endpoint endpoint : alive.toArray(new Endpoint[0])) endpoint.resetBackoff();
    }

    /** Lets connections go, once their calls have ended; calls that wait begin anew. */
    public void goIdle() {
        if (balancers == null || isShutDown) return;
        letGo();
        tell(ConnectivityState.IDLE);
        placeWaiting();
    }

    private void letGo() {
        Balancers known = balancers;
        balancers = null;
        picker = this::keep;
        loop.timers().cancel(idleTimer);
        Resolution begun = resolution;
        resolution = null;
        if (begun != null) begun.close();
        if (known != null) known.shutDown();
    }

    /** Takes no more calls; ends with those that there are. */
    public void shutdown() {
        if (isShutDown) return;
        isShutDown = true;
        watch.onState(ConnectivityState.SHUTDOWN);
        events.onState(ConnectivityState.SHUTDOWN);
        if (first == null) onNoCalls();
    }

    /** A hosted thing has thrown. In the context. */
    private void onPanic(Throwable thrown) {
        loop.post(_ -> panic(thrown));
    }

    /** Gives up all that is hosted, and has all calls fail: nobody knows what it would do. */
    void panic(Throwable thrown) {
        LOG.log(System.Logger.Level.ERROR, "A resolver or policy has thrown: panic!", thrown);
        if (panic != null || isTerminated) return;
        panic = thrown;
        letGo();
        Status status = Status.INTERNAL.withDescription("Panic! This is a bug!").withCause(thrown);
        picker = call -> call.refuse(status, Progress.DROPPED);
        if (configs.current() == null) configs.use(new CallConfig(config.service(), null));
        tell(ConnectivityState.TRANSIENT_FAILURE);
        placeWaiting();
    }

    /** Ends, and all calls with it. */
    public void shutdownNow() {
        shutdown();
        configs.abort(Statuses.of(Statuses.SHUT_DOWN_NOW));
        for (RoutedCall call = first; call != null; call = first)
            call.abort(Statuses.SHUT_DOWN_NOW);
        for (Endpoint endpoint : alive.toArray(new Endpoint[0])) {
            endpoint.closeNow(Statuses.SHUT_DOWN_NOW);
        }
    }

    private void end() {
        letGo();
        Resolvers used = resolvers;
        if (used == null && !isHosting) isRested = true;
        else hosting.run(() -> rest(used));
        terminate();
    }

    /** In the context, after all else: what was hosted is shut down by now. */
    private void rest(@Nullable Resolvers used) {
        if (used != null) used.end();
        loop.post(
                _ -> {
                    isRested = true;
                    for (Endpoint left : alive.toArray(new Endpoint[0])) {
                        left.shutdown(Statuses.SHUT_DOWN);
                    }
                    terminate();
                });
    }

    private void terminate() {
        if (first != null || !alive.isEmpty() || !isRested || isTerminated) return;
        isTerminated = true;
        watch.onTerminated();
        events.onTerminated();
    }
}

package io.gyrfalcon.traffic.balance;

import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.WakeUp;
import io.gyrfalcon.traffic.connect.Connectivity;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/**
 * Calls go to all endpoints that are ready, one after another. Loop-owned.
 *
 * <p>Each endpoint is connected to all the time; which of its addresses is used, {@link PickFirst}
 * decides. An address that stands in several endpoints belongs to the first.
 *
 * @param <S> what the caller keeps for an address; equal ones are the same address
 */
@LoopOwned
public final class RoundRobin<S> implements Policy<S> {
    /*
     * The state of the whole: READY if any endpoint is; else CONNECTING if any connects; else
     * TRANSIENT_FAILURE, and calls fail with each endpoint's reason in turn. An endpoint that is
     * IDLE is asked to connect before anybody sees it.
     */
    private final PickFirstSettings settings;
    private final Predicate<? super S> isIpv4;
    private final TrafficLimits limits;

    /** By the addresses of each endpoint, whose order does not tell endpoints apart. */
    private Map<Set<S>, Child<S>> children = new LinkedHashMap<>();

    private Map<S, Child<S>> byAddress = Map.of();
    private List<Step<S>> steps = new ArrayList<>();
    private Connectivity state = Connectivity.IDLE;
    private @Nullable Picker<S> picker;
    private @Nullable ToDoubleFunction<? super S> weightOf;

    /** One endpoint and what it published last. */
    private static final class Child<S> {
        final PickFirst<S> policy;
        Connectivity state = Connectivity.CONNECTING;
        Pick<S> pick = Pick.await();

        Child(PickFirst<S> policy) {
            this.policy = policy;
        }
    }

    /**
     * A policy that knows no endpoint yet.
     *
     * @param settings for the addresses of each endpoint, which are never shuffled
     * @param isIpv4 tells the two families of addresses apart
     */
    public RoundRobin(
            PickFirstSettings settings, Predicate<? super S> isIpv4, TrafficLimits limits) {
        this.settings = settings.shuffled(false);
        this.isIpv4 = isIpv4;
        this.limits = limits;
    }

    @Override
    public Connectivity state() {
        return state;
    }

    @Override
    public long wakeAtNanos() {
        long first = WakeUp.NEVER;
        for (Child<S> child : children.values()) {
            first = WakeUp.earlier(first, child.policy.wakeAtNanos());
        }
        return first;
    }

    /** One without addresses is a failure of the resolver; chance says where connecting starts. */
    @Override
    public List<Step<S>> onEndpoints(
            List<Endpoint<S>> endpoints, RandomGenerator random, long nowNanos) {
        if (state == Connectivity.SHUTDOWN) return List.of();
        Map<Set<S>, Endpoint<S>> next = distinct(endpoints);
        if (next.isEmpty()) {
            return onResolveFailed(Failure.NO_ADDRESS);
        }
        final Map<Set<S>, Child<S>> gone = children;
        children = new LinkedHashMap<>();
        byAddress = new HashMap<>();
        for (Set<S> key : next.keySet()) {
            Child<S> known = gone.remove(key);
            Child<S> child =
                    known == null ? new Child<>(new PickFirst<>(settings, isIpv4, limits)) : known;
            children.put(key, child);
            for (S address : key) byAddress.put(address, child);
        }
        final List<Step<S>> closing = closeMoved(gone.values());
        connectFrom(random, next, nowNanos);
        publish();
        steps.addAll(closing);
        return taken();
    }

    /**
     * Gives up endpoints. An address that moved to another one is closed before it is tried there;
     * the rest, that is returned, when no picker names it any more.
     */
    private List<Step<S>> closeMoved(Collection<Child<S>> gone) {
        List<Step<S>> later = new ArrayList<>();
        for (Child<S> child : gone) {
            for (Step<S> step : child.policy.shutDown()) {
                boolean isMoved =
                        step instanceof Step.Close<S>(S address) && byAddress.containsKey(address);
                (isMoved ? steps : later).add(step);
            }
        }
        return later;
    }

    @Override
    public List<Step<S>> onResolveFailed(Failure why) {
        if (state == Connectivity.SHUTDOWN) return List.of();
        if (!children.isEmpty() && state != Connectivity.TRANSIENT_FAILURE) return List.of();
        publish(Connectivity.TRANSIENT_FAILURE, Pick.fail(why));
        return taken();
    }

    /** Nobody has to ask: every endpoint is connected to. */
    @Override
    public List<Step<S>> requestConnection(long nowNanos) {
        return List.of();
    }

    @Override
    public List<Step<S>> onState(
            S address, Connectivity next, @Nullable Failure why, long nowNanos) {
        Child<S> child = byAddress.get(address);
        if (child == null) return List.of();
        if (absorb(child, child.policy.onState(address, next, why, nowNanos), nowNanos)) publish();
        return taken();
    }

    @Override
    public List<Step<S>> onHealth(
            S address, Connectivity next, @Nullable Failure why, long nowNanos) {
        Child<S> child = byAddress.get(address);
        if (child == null) return List.of();
        if (absorb(child, child.policy.onHealth(address, next, why, nowNanos), nowNanos)) publish();
        return taken();
    }

    /**
     * The shares of endpoints are other ones: this makes it gRPC's {@code weighted_round_robin}.
     *
     * @param weights of the address in use of an endpoint; 0 where nothing is known
     */
    public List<Step<S>> onWeights(ToDoubleFunction<? super S> weights) {
        weightOf = weights;
        if (state == Connectivity.READY) publish();
        return taken();
    }

    @Override
    public List<Step<S>> onTime(long nowNanos) {
        boolean isNews = false;
        for (Child<S> child : children.values()) {
            isNews |= absorb(child, child.policy.onTime(nowNanos), nowNanos);
        }
        if (isNews) publish();
        return taken();
    }

    @Override
    public List<Step<S>> shutDown() {
        state = Connectivity.SHUTDOWN;
        for (Child<S> child : children.values()) steps.addAll(child.policy.shutDown());
        children = new LinkedHashMap<>();
        byAddress = Map.of();
        return taken();
    }

    private Map<Set<S>, Endpoint<S>> distinct(List<Endpoint<S>> endpoints) {
        Map<Set<S>, Endpoint<S>> all = new LinkedHashMap<>();
        Set<S> seen = new HashSet<>();
        for (Endpoint<S> endpoint : endpoints) {
            List<S> own = new ArrayList<>();
            for (S address : endpoint.addresses()) {
                if (seen.size() < limits.addressesMax() && seen.add(address)) own.add(address);
            }
            if (!own.isEmpty()) all.put(Set.copyOf(own), new Endpoint<>(own, endpoint.weight()));
            if (all.size() == limits.endpointsMax()) break;
        }
        return all;
    }

    /** From a random one on, round the end: else the first would always be connected to first. */
    private void connectFrom(
            RandomGenerator random, Map<Set<S>, Endpoint<S>> endpoints, long nowNanos) {
        List<Set<S>> keys = List.copyOf(endpoints.keySet());
        int start = random.nextInt(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            Set<S> key = keys.get((start + i) % keys.size());
            Child<S> child = children.get(key);
            Endpoint<S> endpoint = endpoints.get(key);
            if (child == null || endpoint == null) continue;
            absorb(child, child.policy.onEndpoints(List.of(endpoint), random, nowNanos), nowNanos);
        }
    }

    /** Passes steps on, but for what the endpoint publishes: true if that was something. */
    private boolean absorb(Child<S> child, List<Step<S>> news, long nowNanos) {
        boolean isNews = false;
        for (Step<S> step : news) {
            switch (step) {
                case Step.Publish<S>(Connectivity next, Picker<S> pick) -> {
                    child.state = next;
                    child.pick = (Pick<S>) pick;
                    isNews = true;
                }
                case Step.Connect<S> connect -> steps.add(connect);
                case Step.Close<S> close -> steps.add(close);
                case Step.Resolve<S> resolve -> steps.add(resolve);
            }
        }
        if (child.state != Connectivity.IDLE) return isNews;
        return absorb(child, child.policy.requestConnection(nowNanos), nowNanos);
    }

    private void publish() {
        List<Pick<S>> ready = picksOf(Connectivity.READY);
        if (!ready.isEmpty()) {
            publish(Connectivity.READY, pickerOf(ready));
            return;
        }
        List<Pick<S>> failed = picksOf(Connectivity.TRANSIENT_FAILURE);
        if (failed.size() == children.size()) {
            publish(Connectivity.TRANSIENT_FAILURE, new RoundRobinPicker<>(failed));
            return;
        }
        publish(Connectivity.CONNECTING, Pick.await());
    }

    private Picker<S> pickerOf(List<Pick<S>> ready) {
        if (weightOf == null) return new RoundRobinPicker<>(ready);
        double[] weights = new double[ready.size()];
        for (int i = 0; i < weights.length; i++) {
            S target = ready.get(i).target();
            weights[i] = target == null ? 0 : weightOf.applyAsDouble(target);
        }
        return StridePicker.of(ready, weights);
    }

    private List<Pick<S>> picksOf(Connectivity wanted) {
        List<Pick<S>> picks = new ArrayList<>(children.size());
        for (Child<S> child : children.values()) {
            if (child.state == wanted) picks.add(child.pick);
        }
        return picks;
    }

    private void publish(Connectivity next, Picker<S> nextPicker) {
        if (next == state && nextPicker.equals(picker)) return;
        state = next;
        picker = nextPicker;
        steps.add(new Step.Publish<>(next, nextPicker));
    }

    private List<Step<S>> taken() {
        if (steps.isEmpty()) return List.of();
        List<Step<S>> all = steps;
        steps = new ArrayList<>();
        return all;
    }
}

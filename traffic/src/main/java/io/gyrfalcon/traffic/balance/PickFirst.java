package io.gyrfalcon.traffic.balance;

import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.WakeUp;
import io.gyrfalcon.traffic.connect.Connectivity;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * All calls go to the first address that answers. Loop-owned.
 *
 * @param <S> what the caller keeps for an address; equal ones are the same address
 */
@LoopOwned
public final class PickFirst<S> implements Policy<S> {
    /*
     * gRFC A61 and A62.
     *
     * The pass. Addresses are tried in order. The next one is tried when the current one fails,
     * or, if the policy is eager, when it has not answered for a while; nobody else is disturbed
     * by that. The pass is over when one is ready, or each has failed once. One that waits after
     * an earlier failure counts as failed.
     *
     * After the pass. The state stays TRANSIENT_FAILURE until an address is ready, however often
     * one connects meanwhile ("sticky"): calls fail at once instead of waiting for attempts that
     * are unlikely to succeed. Every address tries again by its own back-off; those that say IDLE
     * instead are asked. After as many failures as there are addresses the resolver is asked.
     *
     * Ready. All other addresses are given up. When the connection ends, the state is IDLE until
     * somebody calls.
     */
    private final PickFirstSettings settings;
    private final Predicate<? super S> isIpv4;
    private final int addressesMax;

    /** Every address, in the order in which they are tried. */
    private Map<S, Attempt> attempts = Map.of();

    private List<S> order = List.of();
    private List<Step<S>> steps = new ArrayList<>();

    /** Done last, so that no picker still names what is closed. */
    private final List<Step<S>> closing = new ArrayList<>();

    private boolean isPassing;
    private int currentIndex;
    private int failuresAfterPass;
    private long nextAttemptAtNanos = WakeUp.NEVER;

    private @Nullable S selected;
    private Connectivity health = Connectivity.READY;
    private Failure failure = Failure.unavailable("no address has been tried", null);
    private Connectivity state = Connectivity.IDLE;

    /** What is known of one address. */
    private static final class Attempt {
        Connectivity state = Connectivity.IDLE;
        boolean isFailed;
    }

    /**
     * A policy that knows no address yet.
     *
     * @param isIpv4 tells the two families apart that take turns when the policy is eager
     */
    public PickFirst(
            PickFirstSettings settings, Predicate<? super S> isIpv4, TrafficLimits limits) {
        this.settings = settings;
        this.isIpv4 = isIpv4;
        addressesMax = limits.addressesMax();
    }

    @Override
    public Connectivity state() {
        return state;
    }

    @Override
    public long wakeAtNanos() {
        return nextAttemptAtNanos;
    }

    /** One without addresses ends everything; chance only shuffles. */
    @Override
    public List<Step<S>> onEndpoints(
            List<Endpoint<S>> endpoints, RandomGenerator random, long nowNanos) {
        if (state == Connectivity.SHUTDOWN) return List.of();
        final boolean isFirst = attempts.isEmpty();
        final @Nullable S current = isPassing ? current() : null;
        replaceAddresses(ordered(endpoints, random));
        if (order.isEmpty()) {
            failure = Failure.NO_ADDRESS;
            forgetAttempts();
            publish(Connectivity.TRANSIENT_FAILURE, Pick.fail(failure));
        } else if (selected != null) {
            if (!attempts.containsKey(selected)) leaveSelected(nowNanos);
        } else if (isFirst || state != Connectivity.IDLE) {
            if (isFirst) publish(Connectivity.CONNECTING, Pick.await());
            startPass(current, nowNanos);
        }
        return taken();
    }

    @Override
    public List<Step<S>> onResolveFailed(Failure why) {
        if (state == Connectivity.SHUTDOWN) return List.of();
        if (order.isEmpty() || state == Connectivity.TRANSIENT_FAILURE) {
            failure = why;
            publish(Connectivity.TRANSIENT_FAILURE, Pick.fail(why));
        }
        return taken();
    }

    @Override
    public List<Step<S>> requestConnection(long nowNanos) {
        if (state == Connectivity.IDLE && !order.isEmpty()) {
            publish(Connectivity.CONNECTING, Pick.await());
            startPass(null, nowNanos);
        }
        return taken();
    }

    @Override
    public List<Step<S>> onState(
            S address, Connectivity next, @Nullable Failure why, long nowNanos) {
        Attempt attempt = attempts.get(address);
        if (attempt == null || attempt.state == Connectivity.IDLE) return List.of();
        Connectivity before = attempt.state;
        attempt.state = next;
        if (why != null) failure = why;
        if (address.equals(selected)) {
            if (next != Connectivity.READY) onSelectedLost(nowNanos);
            return taken();
        }
        switch (next) {
            case READY -> select(address);
            case TRANSIENT_FAILURE -> onFailed(address, attempt, nowNanos);
            case IDLE, SHUTDOWN -> onIdle(address, attempt, before, nowNanos);
            case CONNECTING -> {}
        }
        return taken();
    }

    @Override
    public List<Step<S>> onHealth(
            S address, Connectivity next, @Nullable Failure why, long nowNanos) {
        if (!settings.isHealthObserved() || !address.equals(selected)) return List.of();
        health = next;
        if (why != null) failure = why;
        publishSelected(address);
        return taken();
    }

    @Override
    public List<Step<S>> onTime(long nowNanos) {
        if (WakeUp.isDue(nextAttemptAtNanos, nowNanos)) tryFrom(currentIndex + 1, nowNanos);
        return taken();
    }

    @Override
    public List<Step<S>> shutDown() {
        state = Connectivity.SHUTDOWN;
        replaceAddresses(List.of());
        forgetAttempts();
        return taken();
    }

    private List<S> ordered(List<Endpoint<S>> endpoints, RandomGenerator random) {
        List<Endpoint<S>> chosen =
                settings.isShuffled() ? AddressOrder.shuffled(endpoints, random) : endpoints;
        List<S> flat = AddressOrder.flat(chosen, addressesMax);
        return settings.isEager() ? AddressOrder.interleaved(flat, isIpv4) : flat;
    }

    private void replaceAddresses(List<S> next) {
        Map<S, Attempt> kept = new LinkedHashMap<>();
        for (S address : next) {
            Attempt known = attempts.get(address);
            kept.put(address, known == null ? new Attempt() : known);
        }
        attempts.forEach(
                (address, attempt) -> {
                    if (!kept.containsKey(address)) giveUp(address, attempt);
                });
        attempts = kept;
        order = next;
    }

    private void startPass(@Nullable S current, long nowNanos) {
        isPassing = true;
        failuresAfterPass = 0;
        for (Attempt attempt : attempts.values()) {
            attempt.isFailed = attempt.state == Connectivity.TRANSIENT_FAILURE;
        }
        // One that does not run several attempts at a time goes on with the one under way.
        int index = settings.isEager() || current == null ? 0 : Math.max(0, order.indexOf(current));
        tryFrom(index, nowNanos);
    }

    /** Tries the first address from {@code start} on, round the end, that has not failed yet. */
    private void tryFrom(int start, long nowNanos) {
        nextAttemptAtNanos = WakeUp.NEVER;
        for (int i = 0; i < order.size(); i++) {
            currentIndex = (start + i) % order.size();
            Attempt attempt = attempts.get(current());
            if (attempt == null || attempt.isFailed) continue;
            if (attempt.state == Connectivity.IDLE) connect(current(), attempt);
            if (settings.isEager() && isAnyUntried()) {
                nextAttemptAtNanos = WakeUp.after(nowNanos, settings.attemptDelayNanos());
            }
            return;
        }
        endPass();
    }

    private boolean isAnyUntried() {
        for (Attempt attempt : attempts.values()) {
            if (!attempt.isFailed && attempt.state == Connectivity.IDLE) return true;
        }
        return false;
    }

    private void endPass() {
        isPassing = false;
        nextAttemptAtNanos = WakeUp.NEVER;
        publish(Connectivity.TRANSIENT_FAILURE, Pick.fail(failure));
        attempts.forEach(
                (address, attempt) -> {
                    if (attempt.state == Connectivity.IDLE) connect(address, attempt);
                });
    }

    private void onFailed(S address, Attempt attempt, long nowNanos) {
        attempt.isFailed = true;
        if (!isPassing) {
            onFailedAfterPass();
            return;
        }
        if (address.equals(current())) tryFrom(currentIndex + 1, nowNanos);
        else if (attempts.values().stream().allMatch(a -> a.isFailed)) endPass();
        if (!isPassing) steps.add(new Step.Resolve<>());
    }

    private void onFailedAfterPass() {
        publish(Connectivity.TRANSIENT_FAILURE, Pick.fail(failure));
        if (++failuresAfterPass < order.size()) return;
        failuresAfterPass = 0;
        steps.add(new Step.Resolve<>());
    }

    private void onIdle(S address, Attempt attempt, Connectivity before, long nowNanos) {
        attempt.state = Connectivity.IDLE;
        if (!isPassing) connect(address, attempt);
        // An attempt that ended without a word has failed all the same.
        else if (before == Connectivity.CONNECTING) onFailed(address, attempt, nowNanos);
    }

    private void select(S address) {
        isPassing = false;
        nextAttemptAtNanos = WakeUp.NEVER;
        attempts.forEach(
                (other, attempt) -> {
                    if (!other.equals(address)) giveUp(other, attempt);
                });
        selected = address;
        health = settings.isHealthObserved() ? Connectivity.CONNECTING : Connectivity.READY;
        publishSelected(address);
    }

    private void publishSelected(S address) {
        switch (health) {
            case READY -> publish(Connectivity.READY, Pick.use(address));
            case TRANSIENT_FAILURE -> publish(Connectivity.TRANSIENT_FAILURE, Pick.fail(failure));
            case IDLE, CONNECTING, SHUTDOWN -> publish(Connectivity.CONNECTING, Pick.await());
        }
    }

    private void onSelectedLost(long nowNanos) {
        steps.add(new Step.Resolve<>());
        leaveSelected(nowNanos);
    }

    /** A connection that was ill leaves the state as it is, and the next one is made. */
    private void leaveSelected(long nowNanos) {
        selected = null;
        if (state == Connectivity.TRANSIENT_FAILURE) startPass(null, nowNanos);
        else publish(Connectivity.IDLE, Pick.connect());
    }

    private void forgetAttempts() {
        isPassing = false;
        nextAttemptAtNanos = WakeUp.NEVER;
        selected = null;
    }

    private void connect(S address, Attempt attempt) {
        attempt.state = Connectivity.CONNECTING;
        steps.add(new Step.Connect<>(address));
    }

    private void giveUp(S address, Attempt attempt) {
        if (attempt.state == Connectivity.IDLE) return;
        attempt.state = Connectivity.IDLE;
        closing.add(new Step.Close<>(address));
    }

    private void publish(Connectivity next, Pick<S> pick) {
        boolean isKnown = next == Connectivity.IDLE || next == Connectivity.CONNECTING;
        if (next == state && isKnown) return;
        state = next;
        steps.add(new Step.Publish<>(next, pick));
    }

    private S current() {
        return order.get(currentIndex);
    }

    private List<Step<S>> taken() {
        steps.addAll(closing);
        closing.clear();
        if (steps.isEmpty()) return List.of();
        List<Step<S>> all = steps;
        steps = new ArrayList<>();
        return all;
    }
}

package io.gyrfalcon.traffic.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.WakeUp;
import io.gyrfalcon.traffic.connect.BackoffSettings;
import io.gyrfalcon.traffic.connect.ConnectPlan;
import io.gyrfalcon.traffic.connect.Connectivity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A policy and a plan per address in a world of servers that come, go, hang and refuse. One thread.
 *
 * <p>At every step: what is asked of connections makes sense, and the picker names only what is
 * ready. In the end the servers stay up, and calls have to reach them.
 */
final class Simulation {
    private static final long MILLIS = 1_000_000L;
    private static final int STEPS = 300;
    private static final Failure REFUSED = Failure.unavailable("refused", null);

    private enum Mood {
        UP,
        REFUSES,
        HANGS
    }

    /** What the caller of a policy keeps per address. */
    private static final class Link {
        final ConnectPlan plan = new ConnectPlan(BackoffSettings.standard());
        long answerAtNanos = WakeUp.NEVER;
    }

    private final Random random;
    private final boolean isRoundRobin;
    private final Policy<String> policy;
    private final Map<String, Mood> moods = new LinkedHashMap<>();
    private final Map<String, Link> links = new HashMap<>();
    private final List<Connectivity> published = new ArrayList<>();
    private final Turns turns;
    private List<Endpoint<String>> endpoints = List.of();
    private Picker<String> picker = Pick.await();
    private boolean isResolveWanted;
    private long now;

    Simulation(long seed, boolean isRoundRobin) {
        random = new Random(seed);
        this.isRoundRobin = isRoundRobin;
        PickFirstSettings settings =
                PickFirstSettings.standard()
                        .eager(random.nextBoolean())
                        .shuffled(random.nextBoolean());
        TrafficLimits limits = TrafficLimits.standard();
        policy =
                isRoundRobin
                        ? new RoundRobin<>(settings, Text::isIpv4, limits)
                        : new PickFirst<>(settings, Text::isIpv4, limits);
        turns = new Turns(random.nextInt());
        now = random.nextLong();
        for (int i = 0; i < 1 + random.nextInt(6); i++) {
            moods.put((random.nextBoolean() ? "4" : "6") + i, Mood.UP);
        }
    }

    void run() {
        resolve();
        for (int i = 0; i < STEPS; i++) {
            disturb();
            pass(random.nextInt(400) * MILLIS);
            check();
        }
        moods.replaceAll((address, mood) -> Mood.UP);
        for (int i = 0; i < 400 && !isSettled(); i++) {
            pass(1_000 * MILLIS);
            check();
        }
        assertThat(isSettled()).as(moods + " " + published).isTrue();
        if (isRoundRobin) isFair();
        apply(policy.shutDown());
        assertThat(links).isEmpty();
    }

    private void disturb() {
        String address = List.copyOf(moods.keySet()).get(random.nextInt(moods.size()));
        switch (random.nextInt(6)) {
            case 0 -> moods.put(address, Mood.values()[random.nextInt(3)]);
            case 1 -> lose(address);
            case 2 -> resolve();
            case 3 -> links.values().forEach(link -> restart(link));
            default -> {}
        }
    }

    private void restart(Link link) {
        if (link.plan.resetBackoff(now, random.nextDouble())) open(link);
    }

    private void lose(String address) {
        Link link = links.get(address);
        if (link == null || link.plan.state() != Connectivity.READY) return;
        link.plan.onLost();
        links.remove(address);
        tell(address, Connectivity.IDLE, null);
    }

    /** Some addresses are known, in some order, in groups. */
    private void resolve() {
        isResolveWanted = false;
        List<String> known = new ArrayList<>(moods.keySet());
        java.util.Collections.shuffle(known, random);
        known = known.subList(0, 1 + random.nextInt(known.size()));
        List<Endpoint<String>> next = new ArrayList<>();
        for (int i = 0; i < known.size(); ) {
            int end = Math.min(known.size(), i + 1 + random.nextInt(2));
            next.add(new Endpoint<>(known.subList(i, end), 1 + random.nextInt(3)));
            i = end;
        }
        endpoints = next;
        apply(policy.onEndpoints(next, random, now));
    }

    private void pass(long nanos) {
        now += nanos;
        for (String address : List.copyOf(links.keySet())) {
            Link link = links.get(address);
            if (link == null) continue;
            if (link.plan.onTime(now, random.nextDouble())) {
                open(link);
                tell(address, Connectivity.CONNECTING, null);
            }
            if (links.get(address) == link) answer(address, link);
        }
        apply(policy.onTime(now));
        if (isResolveWanted && random.nextBoolean()) resolve();
        if (picker.pick(turns).kind() == Pick.Kind.CONNECT) apply(policy.requestConnection(now));
    }

    private void answer(String address, Link link) {
        if (link.plan.state() != Connectivity.CONNECTING) return;
        boolean isDue = WakeUp.isDue(link.answerAtNanos, now);
        if (isDue && moods.get(address) == Mood.UP) {
            link.plan.onConnected();
            tell(address, Connectivity.READY, null);
        } else if (isDue && moods.get(address) == Mood.REFUSES || link.plan.isOverdue(now)) {
            link.plan.onFailed();
            tell(address, Connectivity.TRANSIENT_FAILURE, REFUSED);
        }
    }

    private void open(Link link) {
        link.answerAtNanos = now + random.nextInt(600) * MILLIS;
    }

    private void tell(String address, Connectivity state, Failure why) {
        apply(policy.onState(address, state, why, now));
    }

    private void apply(List<Step<String>> steps) {
        for (Step<String> step : steps) {
            switch (step) {
                case Step.Connect<String>(String address) -> {
                    Link link = links.computeIfAbsent(address, a -> new Link());
                    assertThat(link.plan.request(now, random.nextDouble())).as(address).isTrue();
                    open(link);
                }
                case Step.Close<String>(String address) ->
                        assertThat(links.remove(address)).as(address).isNotNull();
                case Step.Resolve<String>() -> isResolveWanted = true;
                case Step.Publish<String>(Connectivity state, Picker<String> next) -> {
                    follows(published.isEmpty() ? Connectivity.IDLE : published.getLast(), state);
                    published.add(state);
                    picker = next;
                }
            }
        }
    }

    /** gRFC A62: failure stays until something is ready. */
    private void follows(Connectivity before, Connectivity next) {
        if (before != Connectivity.TRANSIENT_FAILURE) return;
        boolean isNewcomer = isRoundRobin && next == Connectivity.CONNECTING;
        if (isNewcomer) return;
        assertThat(next).isIn(Connectivity.READY, Connectivity.TRANSIENT_FAILURE);
    }

    private void check() {
        Set<String> known = new HashSet<>();
        for (Endpoint<String> endpoint : endpoints) known.addAll(endpoint.addresses());
        assertThat(known).containsAll(links.keySet());
        Pick<String> pick = picker.pick(turns);
        Connectivity state = policy.state();
        assertThat(pick.kind() == Pick.Kind.USE).isEqualTo(state == Connectivity.READY);
        if (pick.kind() == Pick.Kind.USE) {
            assertThat(links.get(pick.target()).plan.state()).isEqualTo(Connectivity.READY);
        }
        if (!isRoundRobin && state == Connectivity.READY) assertThat(links).hasSize(1);
    }

    private boolean isSettled() {
        long ready =
                links.values().stream()
                        .filter(link -> link.plan.state() == Connectivity.READY)
                        .count();
        return ready == (isRoundRobin ? endpoints.size() : 1) && links.size() == ready;
    }

    private void isFair() {
        Map<String, Integer> calls = new HashMap<>();
        for (int i = 0; i < 10 * endpoints.size(); i++) {
            calls.merge(picker.pick(turns).target(), 1, Integer::sum);
        }
        assertThat(calls).hasSize(endpoints.size());
        assertThat(calls.values()).containsOnly(10);
    }
}

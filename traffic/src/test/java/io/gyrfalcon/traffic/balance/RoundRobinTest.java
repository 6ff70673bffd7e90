package io.gyrfalcon.traffic.balance;

import static io.gyrfalcon.traffic.balance.Text.down;
import static io.gyrfalcon.traffic.balance.Text.endpoint;
import static io.gyrfalcon.traffic.balance.Text.single;
import static io.gyrfalcon.traffic.connect.Connectivity.IDLE;
import static io.gyrfalcon.traffic.connect.Connectivity.READY;
import static io.gyrfalcon.traffic.connect.Connectivity.SHUTDOWN;
import static io.gyrfalcon.traffic.connect.Connectivity.TRANSIENT_FAILURE;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.WakeUp;
import io.gyrfalcon.traffic.connect.Connectivity;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

class RoundRobinTest {
    private static final long MILLIS = 1_000_000L;
    private static final PickFirstSettings EAGER = PickFirstSettings.standard().eager(true);

    /** Starts at the first endpoint. */
    private final Random random =
            new Random() {
                @Override
                public int nextInt(int bound) {
                    return 0;
                }
            };

    private RoundRobin<String> policy = policy(EAGER);
    private long now;

    @Test
    void everyEndpointIsConnectedTo() {
        assertThat(endpoints(single("a", "b", "c")))
                .containsExactly("connect a", "connect b", "connect c", "CONNECTING");
    }

    @Test
    void connectingStartsAnywhere() {
        Set<String> starts = new HashSet<>();
        for (int seed = 0; seed < 50; seed++) {
            List<Step<String>> steps =
                    policy(EAGER).onEndpoints(single("a", "b", "c"), new Random(seed), now);
            starts.add(Text.of(steps).getFirst());
        }
        assertThat(starts).containsExactlyInAnyOrder("connect a", "connect b", "connect c");
    }

    @Test
    void callsGoToTheReadyOnesInTurn() {
        endpoints(single("a", "b", "c"));
        assertThat(state("a", READY)).containsExactly("READY a");
        assertThat(policy.requestConnection(now)).isEmpty();
        assertThat(state("c", READY)).containsExactly("READY a|c");
        assertThat(state("b", READY)).containsExactly("READY a|b|c");
    }

    @Test
    void anEndpointWhoseConnectionEndsIsLeftOutAndConnectedToAgain() {
        endpoints(single("a", "b"));
        state("a", READY);
        state("b", READY);
        assertThat(state("a", IDLE)).containsExactly("resolve", "connect a", "READY b");
        assertThat(state("a", READY)).containsExactly("READY a|b");
    }

    @Test
    void withoutAReadyOneItConnectsAsLongAsAnyConnects() {
        endpoints(single("a", "b"));
        state("a", READY);
        assertThat(failed("b")).containsExactly("resolve");
        assertThat(state("a", IDLE)).containsExactly("resolve", "connect a", "CONNECTING");
    }

    @Test
    void callsFailWithEachReasonInTurnWhenAllHaveFailed() {
        endpoints(single("a", "b"));
        assertThat(failed("a")).containsExactly("resolve");
        assertThat(failed("b")).containsExactly("resolve", "TRANSIENT_FAILURE a is down|b is down");
        assertThat(state("a", Connectivity.CONNECTING)).isEmpty();
        assertThat(state("a", READY)).containsExactly("READY a");
    }

    @Test
    void anotherReasonOfTheSameFailureIsPublished() {
        endpoints(single("a"));
        failed("a");
        assertThat(failed("a")).containsExactly("resolve");
        assertThat(Text.of(policy.onState("a", TRANSIENT_FAILURE, down("gone"), now)))
                .containsExactly("resolve", "TRANSIENT_FAILURE gone");
    }

    @Test
    void anEndpointWithSeveralAddressesIsOneTurn() {
        endpoints(List.of(endpoint("a", "b"), endpoint("c")));
        state("c", READY);
        assertThat(failed("a")).containsExactly("connect b");
        assertThat(state("b", READY)).containsExactly("close a", "READY b|c");
    }

    @Test
    void addressesOfOneEndpointAreTriedEagerly() {
        endpoints(List.of(endpoint("a", "b"), endpoint("c")));
        assertThat(policy.wakeAtNanos()).isEqualTo(250 * MILLIS);
        now = 250 * MILLIS;
        assertThat(time()).containsExactly("connect b");
        assertThat(policy.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
    }

    @Test
    void endpointsComeAndGoWithTheAnswersOfTheResolver() {
        endpoints(single("a", "b"));
        state("a", READY);
        state("b", READY);
        assertThat(endpoints(single("b", "c"))).containsExactly("connect c", "READY b", "close a");
        assertThat(state("a", READY)).isEmpty();
        assertThat(endpoints(single("c", "b"))).isEmpty();
    }

    @Test
    void theOrderOfAddressesDoesNotMakeAnotherEndpoint() {
        endpoints(List.of(endpoint("a", "b")));
        state("a", READY);
        assertThat(endpoints(List.of(endpoint("b", "a")))).isEmpty();
    }

    @Test
    void anAddressThatMovesToAnotherEndpointIsClosedBeforeItIsTriedThere() {
        endpoints(List.of(endpoint("a"), endpoint("b")));
        state("a", READY);
        state("b", READY);
        assertThat(endpoints(List.of(endpoint("a", "b"))))
                .containsExactly("close a", "close b", "connect a", "CONNECTING");
    }

    @Test
    void anAddressBelongsToTheFirstEndpointThatNamesIt() {
        assertThat(endpoints(List.of(endpoint("a"), endpoint("a", "b"), endpoint("a"))))
                .containsExactly("connect a", "connect b", "CONNECTING");
    }

    @Test
    void endpointsAndAddressesBeyondTheLimitsAreNotUsed() {
        policy =
                new RoundRobin<>(
                        EAGER, Text::isIpv4, new TrafficLimits(2, 3, 2, 2, 0, 1, 1, 1, 2, 1));
        assertThat(endpoints(single("a", "b", "c")))
                .containsExactly("connect a", "connect b", "CONNECTING");
        endpoints(List.of(endpoint("a", "b"), endpoint("c", "d")));
        assertThat(failed("c")).containsExactly("resolve");
    }

    @Test
    void aResolverThatFailsFailsCallsOnlyWhileNothingIsKnown() {
        assertThat(resolveFailed("no such host")).containsExactly("TRANSIENT_FAILURE no such host");
        endpoints(single("a"));
        assertThat(resolveFailed("timeout")).isEmpty();
        state("a", READY);
        assertThat(resolveFailed("timeout")).isEmpty();
        assertThat(endpoints(List.of())).isEmpty();
        state("a", IDLE);
        failed("a");
        assertThat(resolveFailed("timeout")).containsExactly("TRANSIENT_FAILURE timeout");
    }

    @Test
    void anIllEndpointIsLeftOutWithoutLosingItsConnection() {
        policy = policy(EAGER.healthObserved(true));
        endpoints(single("a", "b"));
        assertThat(state("a", READY)).isEmpty();
        state("b", READY);
        assertThat(health("a", READY)).containsExactly("READY a");
        assertThat(health("b", READY)).containsExactly("READY a|b");
        assertThat(health("a", TRANSIENT_FAILURE)).containsExactly("READY b");
        assertThat(health("z", READY)).isEmpty();
        assertThat(health("a", READY)).containsExactly("READY a|b");
    }

    @Test
    void callsGoByWeightOnceWeightsAreKnown() {
        endpoints(single("a", "b"));
        state("a", READY);
        state("b", READY);
        Map<String, Double> weights = new HashMap<>(Map.of("a", 3.0, "b", 1.0));
        Picker<String> picker = published(policy.onWeights(weights::get));
        assertThat(callsOf(picker)).isEqualTo(Map.of("a", 300, "b", 100));
        assertThat(policy.onWeights(weights::get)).isEmpty();
        weights.put("b", 3.0);
        picker = published(policy.onWeights(weights::get));
        assertThat(callsOf(picker)).isEqualTo(Map.of("a", 200, "b", 200));
        // Whoever is ready later has its weight at once.
        weights.put("b", 1.0);
        state("b", IDLE);
        picker = published(policy.onState("b", READY, null, now));
        assertThat(callsOf(picker)).isEqualTo(Map.of("a", 300, "b", 100));
    }

    @Test
    void weightsOfAPolicyThatIsNotReadyAreKeptForLater() {
        assertThat(policy.onWeights(address -> 1)).isEmpty();
        endpoints(single("a"));
        assertThat(state("a", READY)).containsExactly("READY a");
    }

    private static Picker<String> published(List<Step<String>> steps) {
        assertThat(steps).hasSize(1);
        return ((Step.Publish<String>) steps.getFirst()).picker();
    }

    private static Map<String, Integer> callsOf(Picker<String> picker) {
        Map<String, Integer> calls = new HashMap<>();
        Turns turns = new Turns(0);
        for (int i = 0; i < 400; i++) calls.merge(picker.pick(turns).target(), 1, Integer::sum);
        return calls;
    }

    @Test
    void shutdownGivesUpEveryAddressAndNothingCountsAfterwards() {
        endpoints(single("a", "b"));
        assertThat(Text.of(policy.shutDown())).containsExactly("close a", "close b");
        assertThat(policy.state()).isEqualTo(SHUTDOWN);
        assertThat(endpoints(single("a"))).isEmpty();
        assertThat(resolveFailed("late")).isEmpty();
        assertThat(state("a", READY)).isEmpty();
        assertThat(time()).isEmpty();
    }

    private static RoundRobin<String> policy(PickFirstSettings settings) {
        return new RoundRobin<>(settings, Text::isIpv4, TrafficLimits.standard());
    }

    private List<String> endpoints(List<Endpoint<String>> endpoints) {
        return Text.of(policy.onEndpoints(endpoints, random, now));
    }

    private List<String> state(String address, Connectivity next) {
        return Text.of(policy.onState(address, next, null, now));
    }

    private List<String> failed(String address) {
        Failure why = down(address + " is down");
        return Text.of(policy.onState(address, TRANSIENT_FAILURE, why, now));
    }

    private List<String> health(String address, Connectivity next) {
        return Text.of(policy.onHealth(address, next, down(address + " is ill"), now));
    }

    private List<String> resolveFailed(String text) {
        return Text.of(policy.onResolveFailed(down(text)));
    }

    private List<String> time() {
        return Text.of(policy.onTime(now));
    }
}

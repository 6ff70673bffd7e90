package io.gyrfalcon.traffic.balance;

import static io.gyrfalcon.traffic.balance.Text.down;
import static io.gyrfalcon.traffic.balance.Text.endpoint;
import static io.gyrfalcon.traffic.balance.Text.single;
import static io.gyrfalcon.traffic.connect.Connectivity.CONNECTING;
import static io.gyrfalcon.traffic.connect.Connectivity.IDLE;
import static io.gyrfalcon.traffic.connect.Connectivity.READY;
import static io.gyrfalcon.traffic.connect.Connectivity.SHUTDOWN;
import static io.gyrfalcon.traffic.connect.Connectivity.TRANSIENT_FAILURE;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.WakeUp;
import io.gyrfalcon.traffic.connect.Connectivity;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Random;

class PickFirstTest {
    private static final long MILLIS = 1_000_000L;
    private static final PickFirstSettings EAGER = PickFirstSettings.standard().eager(true);
    private static final PickFirstSettings PATIENT = PickFirstSettings.standard().eager(false);

    private final Random random = new Random(1);
    private PickFirst<String> policy = policy(EAGER);
    private long now;

    @Test
    void theFirstAddressIsTriedAtOnce() {
        assertThat(endpoints("a", "b")).containsExactly("CONNECTING", "connect a");
        assertThat(policy.state()).isEqualTo(CONNECTING);
    }

    @Test
    void theNextIsTriedWhenOneFails() {
        endpoints("a", "b");
        assertThat(failed("a")).containsExactly("connect b");
        assertThat(state("b", READY)).containsExactly("READY b", "close a");
        assertThat(policy.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
    }

    @Test
    void gRfcA61_theNextIsTriedAfterAQuarterOfASecondWithoutDisturbingTheFirst() {
        endpoints("a", "b", "c");
        assertThat(policy.wakeAtNanos()).isEqualTo(250 * MILLIS);
        now = 250 * MILLIS - 1;
        assertThat(time()).isEmpty();
        now = 250 * MILLIS;
        assertThat(time()).containsExactly("connect b");
        now = 500 * MILLIS;
        assertThat(time()).containsExactly("connect c");
        assertThat(policy.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
        assertThat(state("b", READY)).containsExactly("READY b", "close a", "close c");
    }

    @Test
    void rfc8305_familiesTakeTurns() {
        endpoints("6a", "6b", "4a");
        assertThat(failed("6a")).containsExactly("connect 4a");
        assertThat(failed("4a")).containsExactly("connect 6b");
    }

    @Test
    void aPatientPolicyTriesOneAfterAnotherInTheResolversOrder() {
        policy = policy(PATIENT);
        endpoints("6a", "6b", "4a");
        assertThat(policy.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
        assertThat(failed("6a")).containsExactly("connect 6b");
        assertThat(failed("6b")).containsExactly("connect 4a");
    }

    @Test
    void aDelayIsKeptBetweenATenthOfASecondAndTwo() {
        assertThat(new PickFirstSettings(false, true, 1, false).attemptDelayNanos())
                .isEqualTo(100 * MILLIS);
        assertThat(new PickFirstSettings(false, true, Long.MAX_VALUE, false).attemptDelayNanos())
                .isEqualTo(2_000 * MILLIS);
    }

    @Test
    void gRfcA62_whenEachHasFailedCallsFailAndTheResolverIsAsked() {
        endpoints("a", "b");
        failed("a");
        assertThat(failed("b")).containsExactly("TRANSIENT_FAILURE b is down", "resolve");
    }

    @Test
    void whoFailsLaterThanItsNextCountsToo() {
        endpoints("a", "b");
        now = 250 * MILLIS;
        time();
        assertThat(failed("b")).isEmpty();
        assertThat(failed("a")).containsExactly("TRANSIENT_FAILURE a is down", "resolve");
    }

    @Test
    void anEarlierOneThatFailsWhileALaterIsTriedChangesNothing() {
        endpoints("a", "b", "c");
        now = 250 * MILLIS;
        time();
        assertThat(failed("a")).isEmpty();
        assertThat(policy.wakeAtNanos()).isEqualTo(500 * MILLIS);
        assertThat(failed("b")).containsExactly("connect c");
        assertThat(failed("c")).containsExactly("TRANSIENT_FAILURE c is down", "resolve");
    }

    @Test
    void gRfcA62_failureStaysUntilAnAddressIsReady() {
        endpoints("a", "b");
        failed("a");
        failed("b");
        assertThat(state("a", CONNECTING)).isEmpty();
        assertThat(policy.state()).isEqualTo(TRANSIENT_FAILURE);
        assertThat(state("a", READY)).containsExactly("READY a", "close b");
    }

    @Test
    void gRfcA61_afterThePassWhoeverIsIdleIsAskedAndTheResolverAfterAsManyFailures() {
        endpoints("a", "b");
        failed("a");
        failed("b");
        assertThat(state("a", IDLE)).containsExactly("connect a");
        assertThat(failed("a")).containsExactly("TRANSIENT_FAILURE a is down");
        assertThat(state("a", IDLE)).containsExactly("connect a");
        assertThat(failed("a")).containsExactly("TRANSIENT_FAILURE a is down", "resolve");
        assertThat(failed("b")).containsExactly("TRANSIENT_FAILURE b is down");
    }

    @Test
    void whoTurnsIdleDuringThePassIsAskedAtItsEnd() {
        endpoints("a", "b");
        failed("a");
        assertThat(state("a", IDLE)).isEmpty();
        assertThat(failed("b"))
                .containsExactly("TRANSIENT_FAILURE b is down", "connect a", "resolve");
    }

    @Test
    void anAttemptThatEndsWithoutAWordHasFailed() {
        endpoints("a", "b");
        assertThat(state("a", IDLE)).containsExactly("connect b");
        assertThat(state("b", SHUTDOWN))
                .containsExactly(
                        "TRANSIENT_FAILURE no address has been tried",
                        "connect a",
                        "connect b",
                        "resolve");
    }

    @Test
    void theEndOfTheConnectionLeavesIdleUntilSomebodyCalls() {
        endpoints("a", "b");
        state("a", READY);
        assertThat(state("a", IDLE)).containsExactly("resolve", "IDLE (asks)");
        assertThat(request()).containsExactly("CONNECTING", "connect a");
        assertThat(request()).isEmpty();
    }

    @Test
    void aRequestBeforeAnyAddressOrWhileConnectedDoesNothing() {
        assertThat(request()).isEmpty();
        endpoints("a");
        state("a", READY);
        assertThat(request()).isEmpty();
        assertThat(state("a", READY)).isEmpty();
    }

    @Test
    void theConnectionInUseOutlivesAnAnswerThatStillNamesIt() {
        endpoints("a", "b");
        state("a", READY);
        assertThat(endpoints("c", "a")).isEmpty();
        assertThat(policy.state()).isEqualTo(READY);
        state("a", IDLE);
        assertThat(request()).containsExactly("CONNECTING", "connect c");
    }

    @Test
    void theConnectionInUseEndsWithAnAnswerThatDoesNotNameIt() {
        endpoints("a");
        state("a", READY);
        assertThat(endpoints("b")).containsExactly("IDLE (asks)", "close a");
        assertThat(state("a", READY)).isEmpty();
        assertThat(request()).containsExactly("CONNECTING", "connect b");
    }

    @Test
    void anIdlePolicyTakesNewAddressesAndStaysIdle() {
        endpoints("a");
        state("a", READY);
        state("a", IDLE);
        assertThat(endpoints("b")).isEmpty();
        assertThat(request()).containsExactly("CONNECTING", "connect b");
    }

    @Test
    void newAddressesStartANewPass() {
        endpoints("a", "b", "c");
        failed("a");
        assertThat(endpoints("d", "b")).containsExactly("connect d", "close a");
        now = 250 * MILLIS;
        assertThat(time()).isEmpty();
        assertThat(failed("d")).isEmpty();
        assertThat(failed("b")).containsExactly("TRANSIENT_FAILURE b is down", "resolve");
    }

    @Test
    void aPatientPolicyGoesOnWithTheAttemptUnderWay() {
        policy = policy(PATIENT);
        endpoints("a", "b");
        failed("a");
        assertThat(endpoints("c", "b")).containsExactly("close a");
        assertThat(failed("b")).containsExactly("connect c");
        assertThat(failed("c")).containsExactly("TRANSIENT_FAILURE c is down", "resolve");
    }

    @Test
    void gRfcA61_anAddressThatWaitsAfterAFailureIsSkipped() {
        endpoints("a", "b");
        failed("a");
        failed("b");
        assertThat(endpoints("a", "c")).containsExactly("connect c", "close b");
        assertThat(failed("c")).containsExactly("TRANSIENT_FAILURE c is down", "resolve");
    }

    @Test
    void anAnswerWithNothingButFailedAddressesAsksForNoOther() {
        endpoints("a");
        failed("a");
        assertThat(endpoints("a")).containsExactly("TRANSIENT_FAILURE a is down");
        assertThat(state("a", CONNECTING)).isEmpty();
        assertThat(state("a", READY)).containsExactly("READY a");
    }

    @Test
    void anEmptyAnswerEndsEverything() {
        endpoints("a");
        state("a", READY);
        assertThat(endpoints())
                .containsExactly(
                        "TRANSIENT_FAILURE name resolution gave no usable address", "close a");
        assertThat(endpoints("a")).containsExactly("CONNECTING", "connect a");
    }

    @Test
    void aResolverThatFailsFailsCallsOnlyWhileNothingIsKnown() {
        assertThat(resolveFailed("no such host")).containsExactly("TRANSIENT_FAILURE no such host");
        assertThat(endpoints("a")).containsExactly("CONNECTING", "connect a");
        assertThat(resolveFailed("timeout")).isEmpty();
        state("a", READY);
        assertThat(resolveFailed("timeout")).isEmpty();
        state("a", IDLE);
        request();
        failed("a");
        assertThat(resolveFailed("timeout")).containsExactly("TRANSIENT_FAILURE timeout");
    }

    @Test
    void gRfcA62_endpointsAreShuffledOnlyOnDemand() {
        String[] names = {"a", "b", "c", "d", "e", "f", "g", "h"};
        assertThat(endpoints(names)).contains("connect a");
        int others = 0;
        for (int i = 0; i < 100; i++) {
            policy = policy(EAGER.shuffled(true));
            if (!endpoints(names).contains("connect a")) others++;
        }
        assertThat(others).isBetween(60, 99);
    }

    @Test
    void aConnectionCountsOnceItIsHealthyWhereHealthIsObserved() {
        policy = policy(EAGER.healthObserved(true));
        endpoints("a");
        assertThat(state("a", READY)).isEmpty();
        assertThat(health("a", READY)).containsExactly("READY a");
        assertThat(health("a", TRANSIENT_FAILURE)).containsExactly("TRANSIENT_FAILURE a is ill");
        assertThat(health("a", CONNECTING)).containsExactly("CONNECTING");
        assertThat(health("b", READY)).isEmpty();
    }

    @Test
    void anIllConnectionThatEndsLeavesFailureAndIsReplacedAtOnce() {
        policy = policy(EAGER.healthObserved(true));
        endpoints("a", "b");
        state("a", READY);
        health("a", TRANSIENT_FAILURE);
        assertThat(state("a", IDLE)).containsExactly("resolve", "connect a");
        assertThat(policy.state()).isEqualTo(TRANSIENT_FAILURE);
    }

    @Test
    void anIllConnectionThatIsNoLongerNamedLeavesFailureAndIsReplacedAtOnce() {
        policy = policy(EAGER.healthObserved(true));
        endpoints("a");
        state("a", READY);
        health("a", TRANSIENT_FAILURE);
        assertThat(endpoints("b")).containsExactly("connect b", "close a");
        assertThat(policy.state()).isEqualTo(TRANSIENT_FAILURE);
    }

    @Test
    void healthIsNotListenedToWhereItIsNotObserved() {
        endpoints("a");
        state("a", READY);
        assertThat(health("a", TRANSIENT_FAILURE)).isEmpty();
    }

    @Test
    void shutdownGivesUpEveryAddressAndNothingCountsAfterwards() {
        endpoints("a", "b");
        now = 250 * MILLIS;
        time();
        assertThat(Text.of(policy.shutDown())).containsExactlyInAnyOrder("close a", "close b");
        assertThat(policy.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
        assertThat(state("a", READY)).isEmpty();
        assertThat(endpoints("a")).isEmpty();
        assertThat(resolveFailed("late")).isEmpty();
        assertThat(request()).isEmpty();
        assertThat(policy.state()).isEqualTo(SHUTDOWN);
    }

    @Test
    void addressesBeyondTheLimitAreNotUsed() {
        TrafficLimits two = new TrafficLimits(1, 2, 2, 2, 0, 1, 1, 1, 2, 1);
        policy = new PickFirst<>(EAGER, Text::isIpv4, two);
        policy.onEndpoints(List.of(endpoint("a", "b", "c")), random, now);
        assertThat(failed("a")).containsExactly("connect b");
        assertThat(failed("b")).containsExactly("TRANSIENT_FAILURE b is down", "resolve");
    }

    private static PickFirst<String> policy(PickFirstSettings settings) {
        return new PickFirst<>(settings, Text::isIpv4, TrafficLimits.standard());
    }

    private List<String> endpoints(String... addresses) {
        return Text.of(policy.onEndpoints(single(addresses), random, now));
    }

    private List<String> state(String address, Connectivity next) {
        return Text.of(policy.onState(address, next, null, now));
    }

    private List<String> failed(String address) {
        Failure why = down(address + " is down");
        return Text.of(policy.onState(address, TRANSIENT_FAILURE, why, now));
    }

    private List<String> health(String address, Connectivity next) {
        Failure why = next == TRANSIENT_FAILURE ? down(address + " is ill") : null;
        return Text.of(policy.onHealth(address, next, why, now));
    }

    private List<String> resolveFailed(String text) {
        return Text.of(policy.onResolveFailed(down(text)));
    }

    private List<String> request() {
        return Text.of(policy.requestConnection(now));
    }

    private List<String> time() {
        return Text.of(policy.onTime(now));
    }
}

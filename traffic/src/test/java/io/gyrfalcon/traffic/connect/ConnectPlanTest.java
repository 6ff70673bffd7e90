package io.gyrfalcon.traffic.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.traffic.Seeds;
import io.gyrfalcon.traffic.WakeUp;

import org.junit.jupiter.api.Test;

import java.util.Random;

class ConnectPlanTest {
    private static final long MILLIS = 1_000_000L;
    private static final long SECONDS = 1_000 * MILLIS;

    /** Neither shorter nor longer. */
    private static final double MIDDLE = 0.5;

    private final ConnectPlan plan = new ConnectPlan(BackoffSettings.standard());

    @Test
    void waitsGrowBySixTenthsUpToTwoMinutes() {
        ConnectBackoff backoff = new ConnectBackoff(BackoffSettings.standard());
        long expected = SECONDS;
        for (int i = 0; i < 30; i++) {
            assertThat(backoff.nextNanos(MIDDLE)).isEqualTo(expected);
            expected = (long) Math.min(expected * 1.6, 120 * SECONDS);
        }
        assertThat(backoff.nextNanos(MIDDLE)).isEqualTo(120 * SECONDS);
        backoff.reset();
        assertThat(backoff.nextNanos(MIDDLE)).isEqualTo(SECONDS);
    }

    @Test
    void aWaitIsAFifthShorterOrLonger() {
        Random random = Seeds.random(ConnectPlanTest.class);
        long shortest = Long.MAX_VALUE;
        long longest = 0;
        for (int i = 0; i < 10_000; i++) {
            ConnectBackoff backoff = new ConnectBackoff(BackoffSettings.standard());
            long nanos = backoff.nextNanos(random.nextDouble());
            shortest = Math.min(shortest, nanos);
            longest = Math.max(longest, nanos);
        }
        assertThat(shortest).isBetween(800 * MILLIS, 805 * MILLIS);
        assertThat(longest).isBetween(1_195 * MILLIS, 1_200 * MILLIS);
    }

    @Test
    void aRequestOpensOneConnection() {
        assertThat(plan.state()).isEqualTo(Connectivity.IDLE);
        assertThat(plan.request(0, MIDDLE)).isTrue();
        assertThat(plan.state()).isEqualTo(Connectivity.CONNECTING);
        assertThat(plan.request(1, MIDDLE)).isFalse();
        assertThat(plan.onConnected()).isTrue();
        assertThat(plan.state()).isEqualTo(Connectivity.READY);
        assertThat(plan.request(2, MIDDLE)).isFalse();
        assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
    }

    @Test
    void theWaitCountsFromTheStartOfTheAttempt() {
        plan.request(0, MIDDLE);
        assertThat(plan.onFailed()).isTrue();
        assertThat(plan.wakeAtNanos()).isEqualTo(SECONDS);
        assertThat(plan.onTime(SECONDS - 1, MIDDLE)).isFalse();
        assertThat(plan.onTime(SECONDS, MIDDLE)).isTrue();
        assertThat(plan.state()).isEqualTo(Connectivity.CONNECTING);
        plan.onFailed();
        assertThat(plan.wakeAtNanos()).isEqualTo(2_600 * MILLIS);
    }

    @Test
    void anAttemptThatTookLongerThanTheWaitIsFollowedAtOnce() {
        plan.request(0, MIDDLE);
        assertThat(plan.isOverdue(20 * SECONDS - 1)).isFalse();
        assertThat(plan.wakeAtNanos()).isEqualTo(20 * SECONDS);
        assertThat(plan.onTime(20 * SECONDS, MIDDLE)).isFalse();
        assertThat(plan.isOverdue(20 * SECONDS)).isTrue();
        plan.onFailed();
        assertThat(plan.isOverdue(20 * SECONDS)).isFalse();
        assertThat(plan.onTime(20 * SECONDS, MIDDLE)).isTrue();
    }

    @Test
    void anAttemptHasAsLongAsItsWait() {
        long now = 0;
        plan.request(now, MIDDLE);
        for (int i = 0; i < 12; i++) {
            plan.onFailed();
            now = plan.wakeAtNanos();
            plan.onTime(now, MIDDLE);
        }
        assertThat(plan.isOverdue(now + 120 * SECONDS - 1)).isFalse();
        assertThat(plan.isOverdue(now + 120 * SECONDS)).isTrue();
    }

    @Test
    void aConnectionMakesTheNextWaitShortAgain() {
        plan.request(0, MIDDLE);
        plan.onFailed();
        plan.onTime(SECONDS, MIDDLE);
        plan.onConnected();
        assertThat(plan.onLost()).isTrue();
        assertThat(plan.state()).isEqualTo(Connectivity.IDLE);
        plan.request(10 * SECONDS, MIDDLE);
        plan.onFailed();
        assertThat(plan.wakeAtNanos()).isEqualTo(11 * SECONDS);
    }

    @Test
    void aResetConnectsAtOnceAndOnlyAfterAFailure() {
        assertThat(plan.resetBackoff(0, MIDDLE)).isFalse();
        plan.request(0, MIDDLE);
        assertThat(plan.resetBackoff(0, MIDDLE)).isFalse();
        plan.onFailed();
        plan.onTime(SECONDS, MIDDLE);
        plan.onFailed();
        assertThat(plan.resetBackoff(SECONDS + 5, MIDDLE)).isTrue();
        assertThat(plan.state()).isEqualTo(Connectivity.CONNECTING);
        plan.onFailed();
        assertThat(plan.wakeAtNanos()).isEqualTo(2 * SECONDS + 5);
    }

    @Test
    void idlenessForgetsFailures() {
        plan.request(0, MIDDLE);
        plan.onFailed();
        assertThat(plan.goIdle()).isTrue();
        assertThat(plan.goIdle()).isFalse();
        assertThat(plan.onTime(SECONDS, MIDDLE)).isFalse();
        assertThat(plan.request(2 * SECONDS, MIDDLE)).isTrue();
        plan.onFailed();
        assertThat(plan.wakeAtNanos()).isEqualTo(3 * SECONDS);
    }

    @Test
    void nothingCountsAfterShutdown() {
        plan.request(0, MIDDLE);
        assertThat(plan.shutDown()).isTrue();
        assertThat(plan.onConnected()).isFalse();
        assertThat(plan.onFailed()).isFalse();
        assertThat(plan.onLost()).isFalse();
        assertThat(plan.request(1, MIDDLE)).isFalse();
        assertThat(plan.goIdle()).isFalse();
        assertThat(plan.shutDown()).isFalse();
        assertThat(plan.state()).isEqualTo(Connectivity.SHUTDOWN);
        assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
    }

    @Test
    void whatCannotHappenIsAFaultOfTheCaller() {
        assertThatThrownBy(plan::onConnected)
                .isInstanceOf(AssertionError.class)
                .hasMessage("IDLE CONNECTED");
    }

    @Test
    void settingsOutOfTheirRangesAreNamed() {
        assertThatThrownBy(() -> new BackoffSettings(0, 1.6, 0.2, 1, 1))
                .hasMessage("initialNanos: 0 (expected: 1.." + (1L << 60) + ")");
        assertThatThrownBy(() -> new BackoffSettings(1, 0.9, 0.2, 1, 1))
                .hasMessage("multiplier: 0.9 (expected: 1..1000)");
        assertThatThrownBy(() -> new BackoffSettings(1, Double.NaN, 0.2, 1, 1))
                .hasMessage("multiplier: NaN (expected: 1..1000)");
        assertThatThrownBy(() -> new BackoffSettings(1, 1, 1, 1, 1))
                .hasMessage("jitter: 1.0 (expected: 0..1)");
        assertThatThrownBy(() -> new BackoffSettings(2, 1, 0, 1, 1))
                .hasMessage("maxNanos: 1 (expected: >= initialNanos, 2)");
        assertThatThrownBy(() -> new BackoffSettings(1, 1, 0, 1, (1L << 60) + 1))
                .hasMessageStartingWith("attemptNanosMin: ");
        assertThat(new BackoffSettings(1, 1, 0, 1, 1L << 60)).isNotNull();
    }
}

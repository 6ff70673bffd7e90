package io.gyrfalcon.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TrafficLimitsTest {
    private static final TrafficLimits STANDARD = TrafficLimits.standard();

    @Test
    void fiveAttemptsAreTheStandard() {
        assertThat(STANDARD.retryAttemptsMax()).isEqualTo(5);
        assertThat(STANDARD.hedgedAttemptsMax()).isEqualTo(5);
        assertThat(STANDARD.localRetriesMax()).isEqualTo(1_000);
    }

    @Test
    void attemptsCanBeSetFromOneOnAndHedgesEndAtSixtyFour() {
        assertThat(STANDARD.withAttempts(100, 64).retryAttemptsMax()).isEqualTo(100);
        assertThat(STANDARD.withAttempts(100, 64).hedgedAttemptsMax()).isEqualTo(64);
        assertThat(STANDARD.withAttempts(100, 65).hedgedAttemptsMax()).isEqualTo(64);
        assertThat(STANDARD.withAttempts(0, 0).retryAttemptsMax()).isEqualTo(1);
        assertThat(STANDARD.withAttempts(0, 0).hedgedAttemptsMax()).isEqualTo(1);
        assertThat(STANDARD.withAttempts(2, 2).jsonDepthMax()).isEqualTo(STANDARD.jsonDepthMax());
    }

    @Test
    void aLimitOutOfItsRangeIsNamedWithWhatIsExpected() {
        assertThatThrownBy(() -> new TrafficLimits(1, 1, 0, 2, 0, 1, 1, 1, 2, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("retryAttemptsMax: 0 (expected: 1..2147483647)");
        assertThatThrownBy(() -> new TrafficLimits(0, 1, 2, 2, 0, 1, 1, 1, 2, 1))
                .hasMessage("endpointsMax: 0 (expected: 1..1048576)");
        assertThatThrownBy(() -> new TrafficLimits(1, 1, 2, 2, 0, 1, 1, 1, 2, 1_025))
                .hasMessage("jsonDepthMax: 1025 (expected: 1..1024)");
        assertThat(new TrafficLimits(1, 1, 2, 2, 0, 1, 1, 1, 2, 1_024)).isNotNull();
    }
}

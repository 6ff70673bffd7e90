package io.gyrfalcon.traffic.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PoliciesTest {
    private static final StatusCodes NONE = StatusCodes.NONE;

    @Test
    void codesAreKnownByNameInAnyCaseAndByNumber() {
        assertThat(StatusCodes.codeOf("UNAVAILABLE")).isEqualTo(14);
        assertThat(StatusCodes.codeOf("unavailable")).isEqualTo(14);
        assertThat(StatusCodes.codeOf("OK")).isEqualTo(StatusCodes.OK);
        assertThat(StatusCodes.codeOf("UNAUTHENTICATED")).isEqualTo(16);
        assertThat(StatusCodes.codeOf("AVAILABLE")).isEqualTo(-1);
        assertThat(StatusCodes.isCode(16)).isTrue();
        assertThat(StatusCodes.isCode(17)).isFalse();
        assertThat(StatusCodes.isCode(-1)).isFalse();
    }

    @Test
    void aSetOfCodesSaysWhatIsInIt() {
        StatusCodes codes = NONE.with(14).with(0).with(10);
        assertThat(codes.contains(14)).isTrue();
        assertThat(codes.contains(13)).isFalse();
        assertThat(codes.contains(32)).isFalse();
        assertThat(codes.contains(-1)).isFalse();
        assertThat(codes).hasToString("[OK, ABORTED, UNAVAILABLE]");
        assertThatThrownBy(() -> new StatusCodes(1 << 17))
                .hasMessage("bits: 131072 (expected: 0..131071)");
    }

    @Test
    void aRetryPolicyIsCheckedWhereItIsBuilt() {
        assertThatThrownBy(() -> new RetryPolicy(0, 1, 1, 1, NONE))
                .hasMessage("attemptsMax: 0 (expected: 1..2147483647)");
        assertThatThrownBy(() -> new RetryPolicy(2, 0, 1, 1, NONE))
                .hasMessage("initialBackoffNanos: 0 (expected: > 0)");
        assertThatThrownBy(() -> new RetryPolicy(2, 1, 0, 1, NONE))
                .hasMessage("maxBackoffNanos: 0 (expected: > 0)");
        assertThatThrownBy(() -> new RetryPolicy(2, 1, 1, 0, NONE))
                .hasMessage("multiplier: 0.0 (expected: > 0)");
        assertThatThrownBy(() -> new RetryPolicy(2, 1, 1, Double.NaN, NONE))
                .hasMessage("multiplier: NaN (expected: > 0)");
        assertThatThrownBy(() -> new RetryPolicy(2, 1, 1, 1, NONE.with(0)))
                .hasMessage("retryable: [OK] (expected: no OK)");
        assertThat(new RetryPolicy(2, 1, 1, 0.5, NONE).attemptsMax()).isEqualTo(2);
    }

    @Test
    void aHedgingPolicyIsCheckedWhereItIsBuilt() {
        assertThatThrownBy(() -> new HedgingPolicy(0, 1, NONE))
                .hasMessage("attemptsMax: 0 (expected: 1..64)");
        assertThatThrownBy(() -> new HedgingPolicy(65, 1, NONE))
                .hasMessage("attemptsMax: 65 (expected: 1..64)");
        assertThatThrownBy(() -> new HedgingPolicy(2, -1, NONE))
                .hasMessage("delayNanos: -1 (expected: >= 0)");
        assertThatThrownBy(() -> new HedgingPolicy(2, 1, NONE.with(0)))
                .hasMessage("nonFatal: [OK] (expected: no OK)");
        assertThat(new HedgingPolicy(64, 0, NONE).attemptsMax()).isEqualTo(64);
    }

    @Test
    void throttlingIsCheckedWhereItIsBuilt() {
        assertThatThrownBy(() -> new RetryThrottling(0, 1))
                .hasMessage("milliTokensMax: 0 (expected: 1..1000000000)");
        assertThatThrownBy(() -> new RetryThrottling(1, 1_000_000_001))
                .hasMessage("milliTokensPerSuccess: 1000000001 (expected: 1..1000000000)");
    }

    @Test
    void pushbackIsANumberOfMillisecondsOrARefusal() {
        assertThat(Pushback.parse(null)).isEqualTo(Pushback.ABSENT);
        assertThat(Pushback.parse("0")).isZero();
        assertThat(Pushback.parse("2147483647")).isEqualTo(Integer.MAX_VALUE);
        assertThat(Pushback.parse("-1")).isEqualTo(Pushback.NEVER);
        assertThat(Pushback.parse("-2")).isEqualTo(Pushback.NEVER);
        assertThat(Pushback.parse("2147483648")).isEqualTo(Pushback.NEVER);
        assertThat(Pushback.parse("1s")).isEqualTo(Pushback.NEVER);
        assertThat(Pushback.parse("")).isEqualTo(Pushback.NEVER);
    }

    @Test
    void theBucketClosesAtHalfAndOpensAboveIt() {
        RetryThrottle throttle = new RetryThrottle(new RetryThrottling(4_000, 300));
        assertThat(throttle.onFailure()).isTrue();
        assertThat(throttle.onFailure()).isFalse();
        assertThat(throttle.isOpen()).isFalse();
        throttle.onSuccess();
        assertThat(throttle.isOpen()).isTrue();
    }

    @Test
    void theBucketIsNeitherEmptierThanEmptyNorFullerThanFull() {
        RetryThrottle throttle = new RetryThrottle(new RetryThrottling(2_500, 1_000));
        for (int i = 0; i < 10; i++) throttle.onFailure();
        assertThat(throttle.onFailure()).isFalse();
        throttle.onSuccess();
        assertThat(throttle.isOpen()).isFalse();
        throttle.onSuccess();
        assertThat(throttle.isOpen()).isTrue();
        for (int i = 0; i < 10; i++) throttle.onSuccess();
        assertThat(throttle.onFailure()).isTrue();
        assertThat(throttle.onFailure()).isFalse();
    }

    @Test
    void theLargestBucketDoesNotOverflow() {
        int max = RetryThrottling.MILLI_TOKENS_MAX;
        RetryThrottle throttle = new RetryThrottle(new RetryThrottling(max, max));
        throttle.onFailure();
        throttle.onSuccess();
        throttle.onFailure();
        assertThat(throttle.isOpen()).isTrue();
    }

    @Test
    void threadsLoseNoFailureAndNoSuccess() throws Exception {
        RetryThrottle throttle = new RetryThrottle(new RetryThrottling(100_000_000, 250));
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] =
                    new Thread(
                            () -> {
                                for (int n = 0; n < 20_000; n++) {
                                    throttle.onFailure();
                                    throttle.onSuccess();
                                }
                            });
        }
        for (Thread thread : threads) thread.start();
        for (Thread thread : threads) thread.join();
        // 80,000 pairs took 60,000,000 of 100,000,000: 10,000,000 are missing to half of it.
        assertThat(throttle.isOpen()).isFalse();
        for (int i = 0; i < 40_000; i++) throttle.onSuccess();
        assertThat(throttle.isOpen()).isFalse();
        throttle.onSuccess();
        assertThat(throttle.isOpen()).isTrue();
    }
}

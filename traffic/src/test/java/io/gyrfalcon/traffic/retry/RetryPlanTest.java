package io.gyrfalcon.traffic.retry;

import static io.gyrfalcon.traffic.retry.Progress.DROPPED;
import static io.gyrfalcon.traffic.retry.Progress.MISCARRIED;
import static io.gyrfalcon.traffic.retry.Progress.PROCESSED;
import static io.gyrfalcon.traffic.retry.Progress.REFUSED;
import static io.gyrfalcon.traffic.retry.Verdict.AGAIN;
import static io.gyrfalcon.traffic.retry.Verdict.DELIVER;
import static io.gyrfalcon.traffic.retry.Verdict.GO_ON;
import static io.gyrfalcon.traffic.retry.Verdict.TOO_OFTEN;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.WakeUp;

import org.junit.jupiter.api.Test;

/** A call with a retry policy, or with none. */
class RetryPlanTest {
    private static final long MILLIS = 1_000_000L;
    private static final int OK = 0;
    private static final int INVALID_ARGUMENT = 3;
    private static final int UNAVAILABLE = 14;

    /** Neither shorter nor longer. */
    private static final double MIDDLE = 0.5;

    private static final StatusCodes RETRYABLE = StatusCodes.NONE.with(UNAVAILABLE);
    private static final RetryPolicy POLICY =
            new RetryPolicy(4, 100 * MILLIS, 300 * MILLIS, 2, RETRYABLE);

    private final AttemptPlan plan = new AttemptPlan(TrafficLimits.standard());
    private final RetryThrottle throttle = new RetryThrottle(new RetryThrottling(10_000, 500));
    private long now = -50;

    @Test
    void aRetryableFailureIsFollowedByTheNextAttemptAfterItsWait() {
        plan.start(POLICY, null, now);
        assertThat(closed(0, UNAVAILABLE)).isEqualTo(GO_ON);
        assertThat(plan.wakeAtNanos()).isEqualTo(now + 100 * MILLIS);
        assertThat(plan.onTime(now + 100 * MILLIS - 1)).isEqualTo(AttemptPlan.NONE);
        now += 100 * MILLIS;
        assertThat(plan.onTime(now)).isEqualTo(1);
        assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
        assertThat(plan.running()).isOne();
        assertThat(closed(1, OK)).isEqualTo(DELIVER);
    }

    @Test
    void waitsGrowUpToTheLongestAndTheLastFailureIsTheCalls() {
        plan.start(POLICY, null, now);
        assertThat(waitAfter(0)).isEqualTo(100 * MILLIS);
        assertThat(waitAfter(1)).isEqualTo(200 * MILLIS);
        assertThat(waitAfter(2)).isEqualTo(300 * MILLIS);
        assertThat(closed(3, UNAVAILABLE)).isEqualTo(DELIVER);
        assertThat(plan.committed()).isEqualTo(3);
    }

    @Test
    void aWaitIsAFifthShorterOrLonger() {
        plan.start(POLICY, null, now);
        plan.onClosed(0, PROCESSED, UNAVAILABLE, Pushback.ABSENT, now, 0);
        assertThat(plan.wakeAtNanos()).isEqualTo(now + 80 * MILLIS);
        plan.start(POLICY, null, now);
        plan.onClosed(0, PROCESSED, UNAVAILABLE, Pushback.ABSENT, now, 1 - 1e-12);
        assertThat(plan.wakeAtNanos()).isBetween(now + 120 * MILLIS - 1, now + 120 * MILLIS);
    }

    @Test
    void anotherFailureOrSuccessIsTheCalls() {
        plan.start(POLICY, null, now);
        assertThat(closed(0, INVALID_ARGUMENT)).isEqualTo(DELIVER);
        plan.start(POLICY, null, now);
        assertThat(closed(0, OK)).isEqualTo(DELIVER);
        assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
    }

    @Test
    void anUnknownCodeIsNotRetryable() {
        plan.start(POLICY, null, now);
        assertThat(closed(0, 17)).isEqualTo(DELIVER);
    }

    @Test
    void headersCommitTheCall() {
        plan.start(POLICY, null, now);
        assertThat(plan.isSettled()).isFalse();
        assertThat(plan.onHeaders(0)).isTrue();
        assertThat(plan.isSettled()).isTrue();
        assertThat(closed(0, UNAVAILABLE)).isEqualTo(DELIVER);
        assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
    }

    @Test
    void afterHeadersNothingIsTransparentEither() {
        plan.start(POLICY, null, now);
        plan.onHeaders(0);
        assertThat(ended(0, REFUSED)).isEqualTo(DELIVER);
    }

    @Test
    void aFullBufferCommitsTheCall() {
        plan.start(POLICY, null, now);
        assertThat(plan.commit(0)).isTrue();
        assertThat(closed(0, UNAVAILABLE)).isEqualTo(DELIVER);
    }

    @Test
    void aServerMayAskForAnotherWait() {
        plan.start(POLICY, null, now);
        waitAfter(0);
        assertThat(pushed(1, UNAVAILABLE, 7)).isEqualTo(GO_ON);
        assertThat(plan.wakeAtNanos()).isEqualTo(now + 7 * MILLIS);
        now = plan.wakeAtNanos();
        plan.onTime(now);
        // gRFC A6: from there on the waits start anew.
        assertThat(waitAfter(2)).isEqualTo(100 * MILLIS);
    }

    @Test
    void aServerThatAsksForAnAttemptGetsItWhateverTheCode() {
        plan.start(POLICY, null, now);
        assertThat(pushed(0, INVALID_ARGUMENT, 0)).isEqualTo(GO_ON);
        assertThat(plan.onTime(now)).isEqualTo(1);
    }

    @Test
    void aServerMayAskNotToTryAgain() {
        plan.start(POLICY, null, now);
        assertThat(pushed(0, UNAVAILABLE, Pushback.NEVER)).isEqualTo(DELIVER);
    }

    @Test
    void aServerThatAsksForAnAttemptTooManyDoesNotGetIt() {
        plan.start(new RetryPolicy(2, 1, 1, 1, RETRYABLE), null, now);
        pushed(0, UNAVAILABLE, 0);
        plan.onTime(now);
        assertThat(pushed(1, UNAVAILABLE, 0)).isEqualTo(DELIVER);
    }

    @Test
    void whatNeverLeftUsIsTriedAgainAtOnceWithoutCounting() {
        plan.start(POLICY, throttle, now);
        for (int i = 0; i < 100; i++) assertThat(ended(0, MISCARRIED)).isEqualTo(AGAIN);
        assertThat(plan.running()).isOne();
        waitAfter(0);
        waitAfter(1);
        waitAfter(2);
        assertThat(closed(3, UNAVAILABLE)).isEqualTo(DELIVER);
    }

    @Test
    void whatNeverLeavesUsAThousandTimesIsAFault() {
        plan.start(null, null, now);
        for (int i = 0; i < 1_000; i++) assertThat(ended(0, MISCARRIED)).isEqualTo(AGAIN);
        assertThat(ended(0, MISCARRIED)).isEqualTo(TOO_OFTEN);
        assertThat(plan.isSettled()).isTrue();
    }

    @Test
    void whatAServerRefusedIsTriedAgainOnceAndThenAsThePolicySays() {
        plan.start(POLICY, null, now);
        assertThat(ended(0, REFUSED)).isEqualTo(AGAIN);
        assertThat(ended(0, REFUSED)).isEqualTo(GO_ON);
        assertThat(plan.wakeAtNanos()).isEqualTo(now + 100 * MILLIS);
        now = plan.wakeAtNanos();
        assertThat(plan.onTime(now)).isEqualTo(1);
    }

    @Test
    void withoutAPolicyWhatAServerRefusedIsTriedAgainOnce() {
        plan.start(null, null, now);
        assertThat(ended(0, REFUSED)).isEqualTo(AGAIN);
        assertThat(ended(0, REFUSED)).isEqualTo(DELIVER);
        plan.start(null, null, now);
        assertThat(closed(0, UNAVAILABLE)).isEqualTo(DELIVER);
    }

    @Test
    void afterAnApplicationHasSeenAnAttemptARefusalIsAFailureLikeOthers() {
        plan.start(POLICY, null, now);
        waitAfter(0);
        assertThat(ended(1, REFUSED)).isEqualTo(GO_ON);
        assertThat(plan.wakeAtNanos()).isGreaterThan(now);
    }

    @Test
    void aRefusalDoesNotCountAsAFailureOfTheServer() {
        plan.start(null, throttle, now);
        ended(0, REFUSED);
        ended(0, MISCARRIED);
        for (int i = 0; i < 4; i++) assertThat(throttle.onFailure()).isTrue();
        assertThat(throttle.onFailure()).isFalse();
    }

    @Test
    void whatBalancingDroppedIsNotTriedAgain() {
        plan.start(POLICY, null, now);
        assertThat(ended(0, DROPPED)).isEqualTo(DELIVER);
    }

    @Test
    void aChannelWithoutRetriesTriesNothingAgain() {
        plan.startOnce();
        assertThat(ended(0, MISCARRIED)).isEqualTo(DELIVER);
        plan.startOnce();
        assertThat(ended(0, REFUSED)).isEqualTo(DELIVER);
        plan.startOnce();
        assertThat(plan.onHeaders(0)).isTrue();
        assertThat(closed(0, OK)).isEqualTo(DELIVER);
    }

    @Test
    void aChannelThatAllowsOneAttemptMakesOne() {
        plan.start(new RetryPolicy(1, 1, 1, 1, RETRYABLE), null, now);
        assertThat(closed(0, UNAVAILABLE)).isEqualTo(DELIVER);
    }

    @Test
    void aThrottledServerIsNotAskedAgain() {
        for (int i = 0; i < 4; i++) throttle.onFailure();
        plan.start(POLICY, throttle, now);
        assertThat(closed(0, UNAVAILABLE)).isEqualTo(DELIVER);
        assertThat(throttle.isOpen()).isFalse();
    }

    @Test
    void onlyFailuresThatThePolicyNamesAndRefusalsToTryAgainCount() {
        for (int i = 0; i < 4; i++) throttle.onFailure();
        plan.start(POLICY, throttle, now);
        closed(0, INVALID_ARGUMENT);
        assertThat(throttle.isOpen()).isTrue();
        plan.start(POLICY, throttle, now);
        pushed(0, INVALID_ARGUMENT, Pushback.NEVER);
        assertThat(throttle.isOpen()).isFalse();
    }

    @Test
    void answersGiveTrustBack() {
        for (int i = 0; i < 5; i++) throttle.onFailure();
        assertThat(throttle.isOpen()).isFalse();
        plan.start(POLICY, throttle, now);
        plan.onHeaders(0);
        assertThat(throttle.isOpen()).isTrue();
        throttle.onFailure();
        plan.start(POLICY, throttle, now);
        closed(0, OK);
        plan.start(POLICY, throttle, now);
        plan.onHeaders(0);
        assertThat(throttle.isOpen()).isTrue();
    }

    @Test
    void aCallThatEndsForAnotherReasonTriesNothingAgain() {
        plan.start(POLICY, null, now);
        closed(0, UNAVAILABLE);
        plan.stop();
        assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
        assertThat(plan.onTime(Long.MAX_VALUE / 2)).isEqualTo(AttemptPlan.NONE);
        assertThat(plan.committed()).isEqualTo(AttemptPlan.NONE);
        assertThat(plan.isSettled()).isTrue();
        plan.start(POLICY, null, now);
        plan.stop();
        assertThat(plan.onHeaders(0)).isFalse();
        assertThat(closed(0, OK)).isEqualTo(GO_ON);
    }

    @Test
    void aPlanServesTheNextCallAsIfItWereNew() {
        plan.start(POLICY, null, now);
        ended(0, REFUSED);
        waitAfter(0);
        waitAfter(1);
        plan.start(POLICY, null, now);
        assertThat(ended(0, REFUSED)).isEqualTo(AGAIN);
        assertThat(waitAfter(0)).isEqualTo(100 * MILLIS);
        assertThat(plan.isHedgeRunning(0)).isFalse();
    }

    private long waitAfter(int attempt) {
        assertThat(closed(attempt, UNAVAILABLE)).isEqualTo(GO_ON);
        long nanos = plan.wakeAtNanos() - now;
        now = plan.wakeAtNanos();
        assertThat(plan.onTime(now)).isEqualTo(attempt + 1);
        return nanos;
    }

    private Verdict closed(int attempt, int code) {
        return plan.onClosed(attempt, PROCESSED, code, Pushback.ABSENT, now, MIDDLE);
    }

    private Verdict pushed(int attempt, int code, int pushback) {
        return plan.onClosed(attempt, PROCESSED, code, pushback, now, MIDDLE);
    }

    private Verdict ended(int attempt, Progress progress) {
        return plan.onClosed(attempt, progress, UNAVAILABLE, Pushback.ABSENT, now, MIDDLE);
    }
}

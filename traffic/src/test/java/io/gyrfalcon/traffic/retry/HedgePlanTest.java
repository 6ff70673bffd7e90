package io.gyrfalcon.traffic.retry;

import static io.gyrfalcon.traffic.retry.Progress.DROPPED;
import static io.gyrfalcon.traffic.retry.Progress.MISCARRIED;
import static io.gyrfalcon.traffic.retry.Progress.PROCESSED;
import static io.gyrfalcon.traffic.retry.Progress.REFUSED;
import static io.gyrfalcon.traffic.retry.Verdict.AGAIN;
import static io.gyrfalcon.traffic.retry.Verdict.DELIVER;
import static io.gyrfalcon.traffic.retry.Verdict.GO_ON;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.WakeUp;

import org.junit.jupiter.api.Test;

/** A call with a hedging policy. */
class HedgePlanTest {
    private static final long MILLIS = 1_000_000L;
    private static final int OK = 0;
    private static final int INVALID_ARGUMENT = 3;
    private static final int UNAVAILABLE = 14;
    private static final HedgingPolicy POLICY =
            new HedgingPolicy(3, 10 * MILLIS, StatusCodes.NONE.with(UNAVAILABLE));

    private final AttemptPlan plan = new AttemptPlan(TrafficLimits.standard());
    private final RetryThrottle throttle = new RetryThrottle(new RetryThrottling(10_000, 500));
    private long now = 3;

    @Test
    void theNextAttemptStartsAfterTheDelayWhileOthersRun() {
        plan.start(POLICY, null, now);
        assertThat(plan.wakeAtNanos()).isEqualTo(now + 10 * MILLIS);
        assertThat(next()).isEqualTo(1);
        assertThat(plan.wakeAtNanos()).isEqualTo(now + 10 * MILLIS);
        assertThat(next()).isEqualTo(2);
        assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
        assertThat(plan.running()).isEqualTo(3);
        assertThat(plan.isHedgeRunning(0)).isTrue();
        assertThat(plan.isHedgeRunning(2)).isTrue();
        assertThat(plan.isHedgeRunning(3)).isFalse();
    }

    @Test
    void withoutDelayAllStartAtOnce() {
        plan.start(new HedgingPolicy(3, 0, StatusCodes.NONE), null, now);
        assertThat(plan.onTime(now)).isEqualTo(1);
        assertThat(plan.onTime(now)).isEqualTo(2);
        assertThat(plan.onTime(now)).isEqualTo(AttemptPlan.NONE);
    }

    @Test
    void theFirstHeadersAreTheCalls() {
        plan.start(POLICY, null, now);
        next();
        assertThat(plan.onHeaders(1)).isTrue();
        assertThat(plan.onHeaders(0)).isFalse();
        assertThat(plan.committed()).isEqualTo(1);
        assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
        assertThat(closed(0, UNAVAILABLE)).isEqualTo(GO_ON);
        assertThat(closed(1, OK)).isEqualTo(DELIVER);
    }

    @Test
    void aFailureThatIsNotFatalIsFollowedByTheNextAtOnce() {
        plan.start(POLICY, null, now);
        now += MILLIS;
        assertThat(closed(0, UNAVAILABLE)).isEqualTo(GO_ON);
        assertThat(plan.isHedgeRunning(0)).isFalse();
        assertThat(plan.onTime(now)).isEqualTo(1);
        assertThat(plan.wakeAtNanos()).isEqualTo(now + 10 * MILLIS);
    }

    @Test
    void aFatalFailureIsTheCallsAndEndsTheOthers() {
        plan.start(POLICY, null, now);
        next();
        assertThat(closed(0, INVALID_ARGUMENT)).isEqualTo(DELIVER);
        assertThat(plan.isHedgeRunning(1)).isTrue();
        assertThat(closed(1, OK)).isEqualTo(GO_ON);
        assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
    }

    @Test
    void theLastFailureIsTheCalls() {
        plan.start(POLICY, null, now);
        next();
        next();
        assertThat(closed(1, UNAVAILABLE)).isEqualTo(GO_ON);
        assertThat(closed(0, UNAVAILABLE)).isEqualTo(GO_ON);
        assertThat(closed(2, UNAVAILABLE)).isEqualTo(DELIVER);
        assertThat(plan.committed()).isEqualTo(2);
    }

    @Test
    void aServerMayAskForAnotherDelay() {
        plan.start(POLICY, null, now);
        assertThat(pushed(0, UNAVAILABLE, 25)).isEqualTo(GO_ON);
        assertThat(plan.wakeAtNanos()).isEqualTo(now + 25 * MILLIS);
        assertThat(next()).isEqualTo(1);
        assertThat(plan.wakeAtNanos()).isEqualTo(now + 10 * MILLIS);
    }

    @Test
    void aServerMayAskForNoMoreAttemptsButThoseThatRunGoOn() {
        plan.start(POLICY, null, now);
        next();
        assertThat(pushed(0, UNAVAILABLE, Pushback.NEVER)).isEqualTo(GO_ON);
        assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
        assertThat(closed(1, UNAVAILABLE)).isEqualTo(DELIVER);
        plan.start(POLICY, null, now);
        assertThat(pushed(0, UNAVAILABLE, Pushback.NEVER)).isEqualTo(DELIVER);
    }

    @Test
    void aThrottledServerIsNotHedgedButTheFirstAttemptIsMade() {
        for (int i = 0; i < 5; i++) throttle.onFailure();
        plan.start(POLICY, throttle, now);
        assertThat(next()).isEqualTo(AttemptPlan.NONE);
        assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
        assertThat(plan.running()).isOne();
        assertThat(closed(0, UNAVAILABLE)).isEqualTo(DELIVER);
    }

    @Test
    void aFailureThatClosesTheThrottleLeavesTheCallToThoseThatRun() {
        for (int i = 0; i < 4; i++) throttle.onFailure();
        plan.start(POLICY, throttle, now);
        next();
        assertThat(closed(0, UNAVAILABLE)).isEqualTo(GO_ON);
        assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
        assertThat(plan.onHeaders(1)).isTrue();
        assertThat(closed(1, OK)).isEqualTo(DELIVER);
    }

    @Test
    void anAttemptThatWasPromisedIsMadeThoughTheThrottleClosedMeanwhile() {
        plan.start(POLICY, throttle, now);
        assertThat(pushed(0, UNAVAILABLE, 25)).isEqualTo(GO_ON);
        for (int i = 0; i < 5; i++) throttle.onFailure();
        assertThat(next()).isEqualTo(1);
        assertThat(closed(1, UNAVAILABLE)).isEqualTo(DELIVER);
    }

    @Test
    void whatNoApplicationSawIsStartedAnewUnderItsNumber() {
        plan.start(POLICY, null, now);
        next();
        assertThat(ended(1, MISCARRIED)).isEqualTo(AGAIN);
        assertThat(ended(1, REFUSED)).isEqualTo(AGAIN);
        assertThat(plan.isHedgeRunning(1)).isTrue();
        assertThat(plan.running()).isEqualTo(2);
        assertThat(ended(0, REFUSED)).isEqualTo(GO_ON);
        assertThat(plan.onTime(now)).isEqualTo(2);
    }

    @Test
    void whatBalancingDroppedIsTheCalls() {
        plan.start(POLICY, null, now);
        next();
        assertThat(ended(1, DROPPED)).isEqualTo(DELIVER);
        assertThat(ended(0, PROCESSED)).isEqualTo(GO_ON);
    }

    @Test
    void aChannelThatAllowsOneAttemptMakesOne() {
        plan.start(new HedgingPolicy(1, 0, StatusCodes.NONE.with(UNAVAILABLE)), null, now);
        assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
        assertThat(closed(0, UNAVAILABLE)).isEqualTo(DELIVER);
    }

    @Test
    void sixtyFourAttemptsAreToldApart() {
        plan.start(new HedgingPolicy(64, 0, StatusCodes.NONE), null, now);
        for (int i = 1; i < 64; i++) assertThat(plan.onTime(now)).isEqualTo(i);
        assertThat(plan.onTime(now)).isEqualTo(AttemptPlan.NONE);
        assertThat(plan.isHedgeRunning(63)).isTrue();
        assertThat(plan.onHeaders(63)).isTrue();
        assertThat(closed(63, OK)).isEqualTo(DELIVER);
    }

    private int next() {
        now = plan.wakeAtNanos();
        return plan.onTime(now);
    }

    private Verdict closed(int attempt, int code) {
        return plan.onClosed(attempt, PROCESSED, code, Pushback.ABSENT, now, 0.5);
    }

    private Verdict pushed(int attempt, int code, int pushback) {
        return plan.onClosed(attempt, PROCESSED, code, pushback, now, 0.5);
    }

    private Verdict ended(int attempt, Progress progress) {
        return plan.onClosed(attempt, progress, UNAVAILABLE, Pushback.ABSENT, now, 0.5);
    }
}

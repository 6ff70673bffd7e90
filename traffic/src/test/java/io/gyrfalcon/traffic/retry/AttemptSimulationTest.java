package io.gyrfalcon.traffic.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.WakeUp;

import org.junit.jupiter.api.Test;

import java.util.Random;

/** Calls whose attempts fare at random. */
class AttemptSimulationTest {
    private static final int SEEDS = 20_000;
    private static final long MILLIS = 1_000_000L;

    @Test
    void everyCallEndsOnceWithinItsAttempts() {
        Long one = Long.getLong("gyrfalcon.sim.seed");
        long first = one == null ? 0 : one;
        long last = one == null ? SEEDS - 1 : one;
        AttemptPlan plan = new AttemptPlan(TrafficLimits.standard());
        RetryThrottle throttle = new RetryThrottle(new RetryThrottling(10_000, 100));
        for (long seed = first; seed <= last; seed++) {
            try {
                new World(seed, plan, throttle).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dgyrfalcon.sim.seed=" + seed, e);
            }
        }
        assertThat(last).isGreaterThanOrEqualTo(first);
    }

    /** One call. One thread. */
    private static final class World {
        private final Random random;
        private final AttemptPlan plan;
        private final AttemptPolicy policy;

        /** When each attempt ends; NEVER where none runs. */
        private final long[] endsAt = new long[64];

        private int startedMax = 1;
        private int refusedAgain;
        private int deliveries;
        private int failureCode;
        private boolean isCommitted;
        private long lastStartAt;
        private boolean hasFailedSinceStart;
        private long now;

        World(long seed, AttemptPlan plan, RetryThrottle shared) {
            random = new Random(seed);
            this.plan = plan;
            StatusCodes codes = StatusCodes.NONE.with(14).with(10);
            int attempts = 2 + random.nextInt(4);
            policy =
                    switch (random.nextInt(3)) {
                        case 0 -> null;
                        case 1 -> new RetryPolicy(attempts, MILLIS, 5 * MILLIS, 2, codes);
                        default -> new HedgingPolicy(attempts, random.nextInt(9) * MILLIS, codes);
                    };
            now = random.nextLong();
            lastStartAt = now;
            java.util.Arrays.fill(endsAt, WakeUp.NEVER);
            endsAt[0] = soon();
            plan.start(policy, random.nextBoolean() ? shared : null, now);
        }

        void run() {
            int steps = 0;
            while (deliveries == 0) {
                assertThat(steps++).isLessThan(10_000);
                step();
            }
            // What still runs ends too, and nobody wants it.
            for (int attempt = 0; attempt < endsAt.length; attempt++) {
                if (endsAt[attempt] != WakeUp.NEVER) close(attempt);
            }
            assertThat(deliveries).isOne();
            assertThat(plan.running()).isZero();
            assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
            assertThat(refusedAgain).isLessThanOrEqualTo(1);
            assertThat(startedMax).isLessThanOrEqualTo(policy == null ? 1 : policy.attemptsMax());
        }

        private void step() {
            int next = -1;
            for (int attempt = 0; attempt < endsAt.length; attempt++) {
                if (endsAt[attempt] == WakeUp.NEVER) continue;
                if (next < 0 || endsAt[attempt] - endsAt[next] < 0) next = attempt;
            }
            long wakeAt = plan.wakeAtNanos();
            // A call that waits for nothing would never end.
            assertThat(next >= 0 || wakeAt != WakeUp.NEVER).isTrue();
            if (next < 0 || wakeAt != WakeUp.NEVER && wakeAt - endsAt[next] <= 0) {
                now = wakeAt;
                start(plan.onTime(now));
                return;
            }
            now = endsAt[next];
            if (random.nextInt(3) == 0 && plan.onHeaders(next)) {
                isCommitted = true;
                assertThat(plan.wakeAtNanos()).isEqualTo(WakeUp.NEVER);
            }
            close(next);
        }

        private void start(int attempt) {
            if (attempt == AttemptPlan.NONE) return;
            assertThat(isCommitted).isFalse();
            assertThat(attempt).isEqualTo(startedMax);
            if (policy instanceof HedgingPolicy hedging && !hasFailedSinceStart) {
                assertThat(now - lastStartAt).isGreaterThanOrEqualTo(hedging.delayNanos());
            }
            if (policy instanceof RetryPolicy) assertThat(plan.running()).isOne();
            startedMax++;
            lastStartAt = now;
            hasFailedSinceStart = false;
            endsAt[attempt] = soon();
        }

        private void close(int attempt) {
            endsAt[attempt] = WakeUp.NEVER;
            Progress progress = Progress.values()[random.nextInt(10) < 7 ? 0 : random.nextInt(4)];
            int code = progress == Progress.PROCESSED ? random.nextInt(17) : 14;
            if (random.nextInt(3) > 0) code = 14;
            int pushback = random.nextInt(4) > 0 ? Pushback.ABSENT : random.nextInt(40) - 1;
            Verdict verdict =
                    plan.onClosed(attempt, progress, code, pushback, now, random.nextDouble());
            hasFailedSinceStart = true;
            failureCode = code;
            switch (verdict) {
                case DELIVER -> {
                    deliveries++;
                    assertThat(plan.committed()).isEqualTo(attempt);
                }
                case AGAIN -> {
                    assertThat(isCommitted).isFalse();
                    assertThat(progress).isIn(Progress.REFUSED, Progress.MISCARRIED);
                    if (progress == Progress.REFUSED) refusedAgain++;
                    endsAt[attempt] = soon();
                }
                case GO_ON -> assertThat(deliveries > 0 || failureCode != StatusCodes.OK).isTrue();
                case TOO_OFTEN -> throw new AssertionError("a thousand times");
            }
        }

        private long soon() {
            return WakeUp.after(now, random.nextInt(20) * MILLIS);
        }
    }
}

package io.gyrfalcon.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import io.gyrfalcon.traffic.balance.Endpoint;
import io.gyrfalcon.traffic.balance.Pick;
import io.gyrfalcon.traffic.balance.PickFirstSettings;
import io.gyrfalcon.traffic.balance.Picker;
import io.gyrfalcon.traffic.balance.RoundRobin;
import io.gyrfalcon.traffic.balance.Step;
import io.gyrfalcon.traffic.balance.Turns;
import io.gyrfalcon.traffic.connect.Connectivity;
import io.gyrfalcon.traffic.retry.AttemptPlan;
import io.gyrfalcon.traffic.retry.HedgingPolicy;
import io.gyrfalcon.traffic.retry.Progress;
import io.gyrfalcon.traffic.retry.Pushback;
import io.gyrfalcon.traffic.retry.RetryPolicy;
import io.gyrfalcon.traffic.retry.RetryThrottle;
import io.gyrfalcon.traffic.retry.RetryThrottling;
import io.gyrfalcon.traffic.retry.StatusCodes;
import io.gyrfalcon.traffic.retry.Verdict;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;

/** What a call costs the heap: nothing. */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CALLS = 20_000;

    private final TrafficLimits limits = TrafficLimits.standard();
    private final Turns turns = new Turns(7);
    private long sum;

    @Test
    void aPickAllocatesNothing() {
        RoundRobin<String> policy =
                new RoundRobin<>(PickFirstSettings.standard(), address -> true, limits);
        policy.onEndpoints(List.of(Endpoint.of("a"), Endpoint.of("b")), new Random(1), 0);
        policy.onState("a", Connectivity.READY, null, 0);
        Picker<String> inTurn = published(policy.onState("b", Connectivity.READY, null, 0));
        Picker<String> byWeight = published(policy.onWeights(address -> address.charAt(0)));
        assertThat(inTurn.getClass()).isNotEqualTo(byWeight.getClass());
        allocatesNothing(() -> pick(inTurn));
        allocatesNothing(() -> pick(byWeight));
        Picker<String> fixed = Pick.use("a");
        allocatesNothing(() -> pick(fixed));
    }

    @Test
    void theAttemptsOfACallAllocateNothing() {
        AttemptPlan plan = new AttemptPlan(limits);
        RetryThrottle throttle = new RetryThrottle(new RetryThrottling(10_000, 100));
        StatusCodes codes = StatusCodes.NONE.with(14);
        RetryPolicy retry = new RetryPolicy(3, 1, 1, 1, codes);
        HedgingPolicy hedging = new HedgingPolicy(3, 1, codes);
        allocatesNothing(
                () -> {
                    plan.start(null, throttle, 0);
                    plan.onHeaders(0);
                    close(plan, 0, 0);
                });
        allocatesNothing(
                () -> {
                    plan.start(retry, null, 0);
                    close(plan, 0, 14);
                    close(plan, plan.onTime(2), 0);
                });
        allocatesNothing(
                () -> {
                    plan.start(hedging, null, 0);
                    plan.onTime(1);
                    plan.onHeaders(1);
                    close(plan, 0, 1);
                    close(plan, 1, 0);
                });
    }

    private void pick(Picker<String> picker) {
        sum += picker.pick(turns).kind().ordinal();
    }

    private void close(AttemptPlan plan, int attempt, int code) {
        Verdict verdict = plan.onClosed(attempt, Progress.PROCESSED, code, Pushback.ABSENT, 0, 0);
        sum += verdict.ordinal();
    }

    private static Picker<String> published(List<Step<String>> steps) {
        return ((Step.Publish<String>) steps.getLast()).picker();
    }

    /** The first rounds load classes and compile. */
    private void allocatesNothing(Runnable call) {
        long bytes = Long.MAX_VALUE;
        for (int round = 0; round < 20 && bytes >= CALLS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            repeat(call);
            bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(bytes / CALLS).as(bytes + " bytes, " + sum).isZero();
    }

    private static void repeat(Runnable call) {
        for (int i = 0; i < CALLS; i++) call.run();
    }
}

package io.gyrfalcon.verify.judged;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status.Code;
import io.gyrfalcon.grpc.GyrfalconChannelBuilder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Backends that are killed and started again while our channel calls. */
class RestartTest {
    private static final int CALLS = 20;
    private static final int SECONDS = 30;

    /** gRPC's connection back-off: a second, a fifth more or less; and 200 ms for the rest. */
    private static final long BACK_MILLIS_MAX = 1_400;

    /** Calls are tried again up to five times where their server was unavailable. */
    private static final Map<String, ?> RETRIES =
            Map.of(
                    "methodConfig",
                    List.of(
                            Map.of(
                                    "name",
                                    List.of(Map.of()),
                                    "retryPolicy",
                                    Map.of(
                                            "maxAttempts",
                                            5.0,
                                            "initialBackoff",
                                            "0.8s",
                                            "maxBackoff",
                                            "2s",
                                            "backoffMultiplier",
                                            2.0,
                                            "retryableStatusCodes",
                                            List.of("UNAVAILABLE")))));

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable one : open.reversed()) one.close();
    }

    private Backend backend(String name) throws Exception {
        Backend made = new Backend(name);
        open.add(made);
        return made;
    }

    private ManagedChannel channel(ManagedChannelBuilder<?> builder) {
        ManagedChannel made = builder.usePlaintext().build();
        open.add(
                () -> {
                    made.shutdownNow();
                    assertThat(made.awaitTermination(SECONDS, TimeUnit.SECONDS)).isTrue();
                });
        return made;
    }

    private static CompletableFuture<Outcome> begin(
            ManagedChannel channel, boolean waits, String message) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
        return Outcome.begin(
                channel, Outcome.UNARY, waits ? options.withWaitForReady() : options, message);
    }

    private static Outcome call(ManagedChannel channel) {
        return Outcome.of(begin(channel, false, "hi"));
    }

    private static void assertAnswered(Outcome outcome, String by) {
        assertThat(outcome.code()).as("%s", outcome).isEqualTo(Code.OK);
        assertThat(outcome.messages()).containsExactly(by);
    }

    @Test
    void onlyCallsInFlightFailAndNewOnesSucceedWithinTheBackOff() throws Exception {
        Backend backend = backend("a");
        ManagedChannel channel = channel(GyrfalconChannelBuilder.forAddress(backend.address()));
        assertAnswered(call(channel), "a");
        List<CompletableFuture<Outcome>> inFlight = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) inFlight.add(begin(channel, false, Backend.HOLD));
        backend.held.acquire(CALLS);

        backend.kill();

        for (CompletableFuture<Outcome> call : inFlight) {
            assertThat(Outcome.of(call).code()).isEqualTo(Code.UNAVAILABLE);
        }
        CompletableFuture<Outcome> patient = begin(channel, true, "hi");
        Outcome refused = call(channel);
        assertThat(refused.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(refused.text()).isEqualTo("io exception");
        assertThat(patient).isNotDone();
        try (Stopwatch watch = new Stopwatch()) {
            backend.restart();
            assertAnswered(Outcome.of(patient), "a");
            assertThat(watch.millis()).isLessThanOrEqualTo(BACK_MILLIS_MAX);
        }
        for (int i = 0; i < CALLS; i++) assertAnswered(call(channel), "a");
    }

    @Test
    void callsThatMayBeTriedAgainOutliveTheirBackend() throws Exception {
        Backend backend = backend("a");
        ManagedChannel channel =
                channel(
                        GyrfalconChannelBuilder.forAddress(backend.address())
                                .defaultServiceConfig(RETRIES));
        assertAnswered(call(channel), "a");
        List<CompletableFuture<Outcome>> inFlight = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) inFlight.add(begin(channel, false, Backend.HOLD));
        backend.held.acquire(CALLS);

        backend.holds(false);
        backend.kill();
        backend.restart();

        for (CompletableFuture<Outcome> call : inFlight) assertAnswered(Outcome.of(call), "a");
    }

    @SuppressWarnings("deprecation") // The short way to two addresses.
    @ParameterizedTest
    @ValueSource(strings = {"pick_first", "round_robin"})
    void aSecondEndpointLosesNoNewCall(String policy) throws Exception {
        Backend first = backend("a");
        Backend second = backend("b");
        ManagedChannel channel =
                channel(
                        GyrfalconChannelBuilder.forTarget("two:///")
                                .nameResolverFactory(
                                        new TwoServers(first.address(), second.address()))
                                .defaultLoadBalancingPolicy(policy));
        awaitAnswerOf(channel, "a");
        if (policy.equals("round_robin")) awaitAnswerOf(channel, "b");
        CompletableFuture<Outcome> lost = begin(channel, false, Backend.HOLD);
        CompletableFuture<Outcome> other = begin(channel, false, Backend.HOLD);
        first.held.acquire();
        try (Load load = new Load(channel)) {
            load.awaitCalls();

            first.kill();

            Outcome ended = Outcome.of(first(lost, other));
            assertThat(ended.code()).isEqualTo(Code.UNAVAILABLE);
            load.markLost();
            load.awaitCalls();
            first.restart();
            load.awaitCalls();
            assertThat(load.failedAfterMark()).isEmpty();
            assertThat(load.failed()).allMatch(failed -> failed.code() == Code.UNAVAILABLE);
        }
    }

    @SuppressWarnings("unchecked")
    private static CompletableFuture<Outcome> first(
            CompletableFuture<Outcome> one, CompletableFuture<Outcome> other) {
        return (CompletableFuture<Outcome>)
                (CompletableFuture<?>) CompletableFuture.anyOf(one, other);
    }

    private static void awaitAnswerOf(ManagedChannel channel, String name) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!call(channel).messages().contains(name)) {
            assertThat(System.nanoTime() - endNanos).as("no answer of " + name).isNegative();
        }
    }
}

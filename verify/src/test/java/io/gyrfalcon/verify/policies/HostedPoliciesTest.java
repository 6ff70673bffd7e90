package io.gyrfalcon.verify.policies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.stub.MetadataUtils;
import io.gyrfalcon.verify.policies.Backends.Backend;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Policies of grpc-util and grpc-xds that keep to the public API, by what their calls do. */
@Timeout(120)
final class HostedPoliciesTest {
    static {
        // Without xDS there is a hash only by this (gRFC A76), which grpc-java has off by default.
        System.setProperty("GRPC_EXPERIMENTAL_RING_HASH_SET_REQUEST_HASH_KEY", "true");
    }

    private static void until(BooleanSupplier isSo) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!isSo.getAsBoolean()) {
            assertThat(System.nanoTime() - end).isNegative();
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Calls until so many servers have answered. */
    private static void reachAll(ManagedChannel channel, int count) {
        Set<String> seen = new HashSet<>();
        while (seen.size() < count) seen.add(Backends.call(channel));
    }

    @Test
    void everyPolicyOfTheClassPathIsHostedButThoseThatOursStandFor() {
        for (String name :
                List.of(
                        "outlier_detection_experimental",
                        "least_request_experimental",
                        "ring_hash_experimental",
                        "weighted_round_robin",
                        "random_subsetting_experimental")) {
            LoadBalancerProvider known =
                    LoadBalancerRegistry.getDefaultRegistry().getProvider(name);
            assertThat(known).as(name).isNotNull();
        }
    }

    @Test
    void roundRobinWatchesTheHealthOfServers() throws Exception {
        try (Backends backends = new Backends(2)) {
            Backend ill = backends.all.get(1);
            ill.health.setStatus("svc", ServingStatus.NOT_SERVING);
            backends.all.get(0).health.setStatus("svc", ServingStatus.SERVING);
            ManagedChannel channel =
                    backends.channel(
                            Map.of(
                                    "loadBalancingConfig",
                                    List.of(Map.of("round_robin", Map.of())),
                                    "healthCheckConfig",
                                    Map.of("serviceName", "svc")));
            for (int i = 0; i < 20; i++) assertThat(Backends.call(channel)).isEqualTo("0");
            ill.health.setStatus("svc", ServingStatus.SERVING);
            reachAll(channel, 2);
            backends.all.get(0).health.setStatus("svc", ServingStatus.NOT_SERVING);
            until(() -> backends.callsTo("1", channel, 10));
        }
    }

    @Test
    void grpcJavasRoundRobinWatchesThroughItsOwnSubchannels() throws Exception {
        try (Backends backends = new Backends(2)) {
            Backend ill = backends.all.get(1);
            ill.health.setStatus("svc", ServingStatus.NOT_SERVING);
            backends.all.get(0).health.setStatus("svc", ServingStatus.SERVING);
            Map<String, ?> below = Map.of("childPolicy", List.of(Map.of("round_robin", Map.of())));
            ManagedChannel channel =
                    backends.channel(
                            Map.of(
                                    "loadBalancingConfig",
                                    List.of(Map.of("outlier_detection_experimental", below)),
                                    "healthCheckConfig",
                                    Map.of("serviceName", "svc")));
            for (int i = 0; i < 20; i++) assertThat(Backends.call(channel)).isEqualTo("0");
            ill.health.setStatus("svc", ServingStatus.SERVING);
            reachAll(channel, 2);
        }
    }

    @Test
    void outlierDetectionEjectsAServerThatFails() throws Exception {
        try (Backends backends = new Backends(4)) {
            backends.all.get(2).isFailing = true;
            ManagedChannel channel =
                    backends.channel(
                            "outlier_detection_experimental",
                            Map.of(
                                    "interval",
                                    "0.2s",
                                    "baseEjectionTime",
                                    "60s",
                                    "maxEjectionPercentage",
                                    50d,
                                    "failurePercentageEjection",
                                    Map.of(
                                            "threshold", 50d,
                                            "enforcementPercentage", 100d,
                                            "minimumHosts", 2d,
                                            "requestVolume", 3d),
                                    "childPolicy",
                                    List.of(Map.of("round_robin", Map.of()))));
            until(
                    () -> {
                        int failures = 0;
                        for (int i = 0; i < 40; i++) {
                            try {
                                Backends.call(channel);
                            } catch (StatusRuntimeException e) {
                                assertThat(e.getStatus().getDescription()).isEqualTo("2");
                                failures++;
                            }
                        }
                        return failures == 0;
                    });
            reachAll(channel, 3);
        }
    }

    @Test
    void leastRequestAvoidsTheServerThatIsBusy() throws Exception {
        try (Backends backends = new Backends(2)) {
            Backend busy = backends.all.get(0);
            ManagedChannel channel =
                    backends.channel("least_request_experimental", Map.of("choiceCount", 8d));
            reachAll(channel, 2);
            busy.isHolding = true;
            CountDownLatch cancelled = new CountDownLatch(1);
            ClientCall<String, String> stuck = stuck(channel, busy, cancelled);
            busy.isHolding = false;
            int before = busy.calls.get();
            // It sees none but the busy server in one pick of 256.
            for (int i = 0; i < 200; i++) Backends.call(channel);
            assertThat(busy.calls.get() - before).isLessThan(20);
            stuck.cancel("enough", null);
            cancelled.await();
            reachAll(channel, 2);
        }
    }

    /** A call that the server keeps. */
    private static ClientCall<String, String> stuck(
            ManagedChannel channel, Backend busy, CountDownLatch cancelled)
            throws InterruptedException {
        while (true) {
            ClientCall<String, String> call = channel.newCall(Backends.NAME, CallOptions.DEFAULT);
            CountDownLatch ended = new CountDownLatch(1);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            if (status.getCode() == Status.Code.CANCELLED) cancelled.countDown();
                            ended.countDown();
                        }
                    },
                    new Metadata());
            call.request(2);
            call.sendMessage("");
            call.halfClose();
            until(() -> ended.getCount() == 0 || busy.isHeld());
            if (busy.isHeld()) return call;
        }
    }

    @Test
    void ringHashKeepsCallsOfOneKeyTogether() throws Exception {
        try (Backends backends = new Backends(3)) {
            ManagedChannel channel =
                    backends.channel(
                            "ring_hash_experimental",
                            Map.of("minRingSize", 10d, "requestHashHeader", "key"));
            Metadata.Key<String> key = Metadata.Key.of("key", Metadata.ASCII_STRING_MARSHALLER);
            Set<String> servers = new HashSet<>();
            for (int user = 0; user < 30; user++) {
                Metadata headers = new Metadata();
                headers.put(key, "user" + user);
                Channel with =
                        ClientInterceptors.intercept(
                                channel, MetadataUtils.newAttachHeadersInterceptor(headers));
                List<String> answers = new ArrayList<>();
                for (int i = 0; i < 5; i++) answers.add(Backends.call(with));
                assertThat(new HashSet<>(answers)).hasSize(1);
                servers.addAll(answers);
            }
            assertThat(servers).hasSizeGreaterThan(1);
        }
    }

    @Test
    void weightedRoundRobinFollowsTheLoadThatServersReport() throws Exception {
        try (Backends backends = new Backends(3)) {
            ManagedChannel channel =
                    backends.channel(
                            "weighted_round_robin",
                            Map.of("blackoutPeriod", "0s", "weightUpdatePeriod", "0.1s"));
            reachAll(channel, 3);
            int slow = backends.all.get(0).calls.get();
            backends.all.get(0).load = 10;
            until(
                    () -> {
                        for (int i = 0; i < 60; i++) Backends.call(channel);
                        int[] calls = new int[3];
                        for (int i = 0; i < 60; i++) {
                            calls[Integer.parseInt(Backends.call(channel))]++;
                        }
                        return calls[0] * 2 < calls[1] && calls[0] * 2 < calls[2];
                    });
            assertThat(backends.all.get(0).calls.get()).isGreaterThan(slow);
        }
    }

    @Test
    void aPolicyThatIsUnknownIsSaid() throws Exception {
        try (Backends backends = new Backends(1)) {
            assertThatThrownBy(() -> backends.channel("nobodys", Map.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[nobodys]");
        }
    }
}

package io.gyrfalcon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

@Timeout(120)
class DrainTest {
    private static Iterator<HealthCheckResponse> watch(InProcess served) {
        Iterator<HealthCheckResponse> states =
                HealthGrpc.newBlockingStub(served.channel())
                        .watch(HealthCheckRequest.getDefaultInstance());
        assertThat(states.next().getStatus()).isEqualTo(ServingStatus.SERVING);
        return states;
    }

    private static Thread start(Drain drain) {
        return Thread.ofPlatform()
                .start(
                        () -> {
                            try {
                                drain.run();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    @Test
    void aServerWithoutCallsEndsAtOnce() throws Exception {
        Services services = Services.demo();
        try (InProcess served = new InProcess(services)) {
            served.channel().shutdownNow();
            new Drain(served.server(), services, 20).run();
            assertThat(served.server().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void healthCheckersAreToldFirstAndTheGraceCutsOffWhatGoesOn() throws Exception {
        Services services = Services.demo();
        try (InProcess served = new InProcess(services)) {
            Iterator<HealthCheckResponse> states = watch(served);
            Thread draining = start(new Drain(served.server(), services, 1));
            assertThat(states.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
            draining.join();
            assertThat(served.server().isShutdown()).isTrue();
            assertThatThrownBy(states::next).isInstanceOf(StatusRuntimeException.class);
            assertThat(served.server().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** A server that something holds. */
    private static final class Held extends Server {
        private final List<String> told = new ArrayList<>();

        @Override
        public Server start() {
            return this;
        }

        @Override
        public Server shutdown() {
            told.add("shutdown");
            return this;
        }

        @Override
        public Server shutdownNow() {
            told.add("shutdownNow");
            return this;
        }

        @Override
        public boolean isShutdown() {
            return !told.isEmpty();
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            told.add(unit.toSeconds(timeout) + " s");
            return false;
        }

        @Override
        public void awaitTermination() {
            throw new AssertionError("for ever");
        }
    }

    @Test
    void aServerThatDoesNotEndIsWaitedForAndNamed() throws Exception {
        Held server = new Held();
        assertThat(new Drain(server, Services.demo(), 7).run()).isFalse();
        assertThat(server.told).containsExactly("shutdown", "7 s", "shutdownNow", "5 s");
    }

    @Test
    void askingAgainDoesNotWaitForTheGrace() throws Exception {
        Services services = Services.demo();
        try (InProcess served = new InProcess(services)) {
            Iterator<HealthCheckResponse> states = watch(served);
            Drain drain = new Drain(served.server(), services, 3_600);
            Thread draining = start(drain);
            assertThat(states.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
            drain.run();
            draining.join();
            assertThat(served.server().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}

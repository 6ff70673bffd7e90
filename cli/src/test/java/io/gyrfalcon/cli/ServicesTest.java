package io.gyrfalcon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.gyrfalcon.cli.demo.Greeter;

import org.junit.jupiter.api.Test;

import java.util.List;

class ServicesTest {
    @Test
    void theDemoHasHealthAndBothReflectionsBesideIt() throws Exception {
        assertThat(Services.demo().names())
                .containsExactly(
                        "helloworld.Greeter",
                        "routeguide.RouteGuide",
                        "grpc.health.v1.Health",
                        "grpc.reflection.v1.ServerReflection",
                        "grpc.reflection.v1alpha.ServerReflection");
    }

    @Test
    void everyServiceIsHealthyUntilTheEnd() throws Exception {
        Services services = Services.demo();
        try (InProcess served = new InProcess(services)) {
            HealthGrpc.HealthBlockingStub stub = HealthGrpc.newBlockingStub(served.channel());
            for (String name : new String[] {"", "helloworld.Greeter", "routeguide.RouteGuide"}) {
                HealthCheckRequest request =
                        HealthCheckRequest.newBuilder().setService(name).build();
                assertThat(stub.check(request).getStatus()).isEqualTo(ServingStatus.SERVING);
            }
            services.endHealth();
            assertThat(stub.check(HealthCheckRequest.getDefaultInstance()).getStatus())
                    .isEqualTo(ServingStatus.NOT_SERVING);
        }
    }

    @Test
    void twoClassesForOneServiceAreRefused() {
        List<BindableService> twice = List.of(new Greeter(), new Greeter());
        assertThatThrownBy(() -> Services.of(twice))
                .hasMessageContaining("helloworld.Greeter: two");
    }

    @Test
    void aHealthServiceOfTheUsersOwnIsKept() throws Exception {
        HealthGrpc.HealthImplBase own = new HealthGrpc.HealthImplBase() {};
        assertThat(Services.of(List.of(own)).names())
                .startsWith("grpc.health.v1.Health")
                .hasSize(3);
    }

    @Test
    void aServiceThatCannotBeBoundIsNamed() {
        BindableService bad =
                () -> {
                    throw new IllegalStateException("no database");
                };
        BindableService worse =
                () -> {
                    throw new AssertionError("no table");
                };
        BindableService empty = () -> null;

        assertThatThrownBy(() -> Services.of(List.of(bad)))
                .hasMessageContaining("cannot be bound")
                .hasMessageContaining("no database");
        assertThatThrownBy(() -> Services.of(List.of(worse)))
                .isInstanceOf(CommandError.class)
                .hasMessageContaining("no table");
        assertThatThrownBy(() -> Services.of(List.of(empty)))
                .hasMessageContaining(
                        "cannot be bound: null (expected: a ServerServiceDefinition)");
    }
}

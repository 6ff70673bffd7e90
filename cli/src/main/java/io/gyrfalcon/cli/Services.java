package io.gyrfalcon.cli;

import io.grpc.BindableService;
import io.grpc.ServerBuilder;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.gyrfalcon.cli.demo.Greeter;
import io.gyrfalcon.cli.demo.RouteGuide;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is served: the user's services or the demo, with health and reflection beside them. */
final class Services {
    private final Map<String, ServerServiceDefinition> definitions = new LinkedHashMap<>();
    private final HealthStatusManager health = new HealthStatusManager();

    private Services() {}

    /** The demo. */
    static Services demo() throws CommandError {
        return of(List.of(new Greeter(), new RouteGuide()));
    }

    /** Services as they are; health and reflection of their own, if among them, are kept. */
    static Services of(List<BindableService> services) throws CommandError {
        Services served = new Services();
        for (BindableService service : services) served.add(service);
        for (String name : served.definitions.keySet()) {
            served.health.setStatus(name, ServingStatus.SERVING);
        }
        served.addIfAbsent(served.health.getHealthService());
        served.addIfAbsent(ProtoReflectionServiceV1.newInstance());
        served.addIfAbsent(oldReflection());
        return served;
    }

    /** The full names, the user's first. */
    List<String> names() {
        return List.copyOf(definitions.keySet());
    }

    void addTo(ServerBuilder<?> builder) {
        for (ServerServiceDefinition definition : definitions.values()) {
            builder.addService(definition);
        }
    }

    /** From now on every health check is answered with NOT_SERVING. */
    void endHealth() {
        health.enterTerminalState();
    }

    private void add(BindableService service) throws CommandError {
        ServerServiceDefinition definition = bind(service);
        String name = definition.getServiceDescriptor().getName();
        if (definitions.putIfAbsent(name, definition) == null) return;
        throw CommandError.failure(
                "service " + name + ": two classes serve it (expected: one; see --service)");
    }

    private static ServerServiceDefinition bind(BindableService service) throws CommandError {
        ServerServiceDefinition bound;
        String failure = "service " + service.getClass().getName() + " cannot be bound: ";
        try {
            bound = service.bindService();
        } catch (Throwable e) {
            throw CommandError.failure(failure + e);
        }
        if (bound == null) {
            throw CommandError.failure(failure + "null (expected: a ServerServiceDefinition)");
        }
        return bound;
    }

    private void addIfAbsent(BindableService service) {
        ServerServiceDefinition definition = service.bindService();
        definitions.putIfAbsent(definition.getServiceDescriptor().getName(), definition);
    }

    @SuppressWarnings("deprecation") // Many clients still ask by the alpha version's name.
    private static BindableService oldReflection() {
        return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
    }
}

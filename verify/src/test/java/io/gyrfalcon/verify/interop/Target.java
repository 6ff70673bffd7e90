package io.gyrfalcon.verify.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.testing.integration.TestServiceImpl;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Our server with grpc-java's test service, health and both reflections; counts cancellations. */
final class Target implements AutoCloseable, ServerInterceptor {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final Server server;

    @SuppressWarnings("deprecation") // v1alpha is what older tools speak.
    Target() throws IOException {
        ServerBuilder<?> builder =
                Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create());
        assertThat(builder.getClass().getName()).startsWith("io.gyrfalcon.");
        server =
                builder.addService(
                                ServerInterceptors.intercept(
                                        new TestServiceImpl(timer), TestServiceImpl.interceptors()))
                        .addService(new HealthStatusManager().getHealthService())
                        .addService(ProtoReflectionServiceV1.newInstance())
                        .addService(ProtoReflectionService.newInstance())
                        .intercept(this)
                        .build()
                        .start();
    }

    int port() {
        return server.getPort();
    }

    String address() {
        return "127.0.0.1:" + port();
    }

    /** Calls that a client has cancelled so far. */
    int cancelled() {
        return cancelled.get();
    }

    void awaitCancelled(int count) throws InterruptedException {
        for (int i = 0; i < 500 && cancelled() < count; i++) Thread.sleep(10);
        assertThat(cancelled()).isGreaterThanOrEqualTo(count);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        return new SimpleForwardingServerCallListener<Q>(next.startCall(call, headers)) {
            @Override
            public void onCancel() {
                cancelled.incrementAndGet();
                super.onCancel();
            }
        };
    }

    @Override
    public void close() throws InterruptedException {
        server.shutdownNow();
        assertThat(server.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        timer.shutdownNow();
    }
}

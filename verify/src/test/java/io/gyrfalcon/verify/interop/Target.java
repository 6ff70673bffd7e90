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
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.TlsServerCredentials;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.testing.TlsTesting;
import io.grpc.testing.integration.TestServiceImpl;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Our server with grpc-java's test service, health and both reflections; counts cancellations. */
final class Target implements AutoCloseable, ServerInterceptor {
    /** The name in the server's certificate. */
    static final String NAME = "foo.test.google.fr";

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final Server server;

    /** In plain text. */
    Target() throws IOException {
        this(InsecureServerCredentials.create());
    }

    @SuppressWarnings("deprecation") // v1alpha is what older tools speak.
    private Target(ServerCredentials credentials) throws IOException {
        ServerBuilder<?> builder = Grpc.newServerBuilderForPort(0, credentials);
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

    /** Over TLS, as {@link #NAME}, for clients that trust {@link #roots}. */
    static Target secure(TlsServerCredentials.ClientAuth clientAuth) throws IOException {
        return new Target(
                TlsServerCredentials.newBuilder()
                        .keyManager(
                                TlsTesting.loadCert("server1.pem"),
                                TlsTesting.loadCert("server1.key"))
                        .trustManager(TlsTesting.loadCert("ca.pem"))
                        .clientAuth(clientAuth)
                        .build());
    }

    /** The certificate of grpc-java's test authority, as a file. */
    static Path roots(Path folder) throws IOException {
        Path file = folder.resolve("roots.pem");
        try (InputStream in = TlsTesting.loadCert("ca.pem")) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
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
        for (int i = 0; i < 3_000 && cancelled() < count; i++) Thread.sleep(10);
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

package io.gyrfalcon.verify.policies;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.services.CallMetricRecorder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.grpc.xds.orca.OrcaMetricReportingServerInterceptor;
import io.gyrfalcon.grpc.GyrfalconChannelBuilder;
import io.gyrfalcon.grpc.GyrfalconServerBuilder;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Servers that say their name, and channels of ours to all of them. */
final class Backends implements AutoCloseable {
    private static final MethodDescriptor.Marshaller<String> TEXT =
            new MethodDescriptor.Marshaller<>() {
                @Override
                public InputStream stream(String value) {
                    return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
                }

                @Override
                public String parse(InputStream stream) {
                    try {
                        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };

    static final MethodDescriptor<String, String> NAME =
            MethodDescriptor.newBuilder(TEXT, TEXT)
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("b.B/Name")
                    .build();

    /** One server. */
    static final class Backend {
        final String name;
        final HealthStatusManager health = new HealthStatusManager();
        final AtomicInteger calls = new AtomicInteger();
        final List<StreamObserver<String>> held = new ArrayList<>();
        volatile boolean isFailing;
        volatile boolean isHolding;

        /** What it reports of its CPU, in tenths: its weight is one by this. */
        volatile int load = 1;

        Server server;

        Backend(String name) {
            this.name = name;
        }

        void answer(StreamObserver<String> to) {
            calls.incrementAndGet();
            if (isFailing) {
                to.onError(Status.UNAVAILABLE.withDescription(name).asRuntimeException());
            } else if (isHolding) {
                synchronized (held) {
                    held.add(to);
                }
            } else {
                CallMetricRecorder metrics = CallMetricRecorder.getCurrent();
                metrics.recordQpsMetric(10);
                metrics.recordCpuUtilizationMetric(load / 10.0);
                to.onNext(name);
                to.onCompleted();
            }
        }

        boolean isHeld() {
            synchronized (held) {
                return !held.isEmpty();
            }
        }

        EquivalentAddressGroup address() {
            return new EquivalentAddressGroup(server.getListenSockets().getFirst());
        }
    }

    final List<Backend> all = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

    /** So many servers, named by their number. */
    Backends(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Backend backend = new Backend("" + i);
            ServerServiceDefinition service =
                    ServerServiceDefinition.builder("b.B")
                            .addMethod(
                                    NAME,
                                    ServerCalls.asyncUnaryCall(
                                            (String request, StreamObserver<String> to) ->
                                                    backend.answer(to)))
                            .build();
            GyrfalconServerBuilder builder =
                    GyrfalconServerBuilder.forAddress(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            InsecureServerCredentials.create());
            backend.server =
                    builder.addService(service)
                            .intercept(OrcaMetricReportingServerInterceptor.getInstance())
                            .addService(backend.health.getHealthService())
                            .build()
                            .start();
            all.add(backend);
        }
    }

    /** A channel to all servers by this policy. */
    ManagedChannel channel(String policy, Map<String, ?> config) {
        return channel(Map.of("loadBalancingConfig", List.of(Map.of(policy, config))));
    }

    /** A channel to all servers by this service config. */
    @SuppressWarnings("deprecation") // The way to give one channel a resolver.
    ManagedChannel channel(Map<String, ?> serviceConfig) {
        ManagedChannel channel =
                GyrfalconChannelBuilder.forTarget("backends:///all")
                        .usePlaintext()
                        .nameResolverFactory(new Addresses())
                        .defaultServiceConfig(serviceConfig)
                        .build();
        channels.add(channel);
        return channel;
    }

    /** The name of the server that a call has reached. */
    static String call(Channel channel) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS);
        return ClientCalls.blockingUnaryCall(channel, NAME, options, "");
    }

    /** Whether so many calls in a row reach that server. */
    boolean callsTo(String name, ManagedChannel channel, int count) {
        for (int i = 0; i < count; i++) {
            if (!call(channel).equals(name)) return false;
        }
        return true;
    }

    @Override
    public void close() throws InterruptedException {
        for (ManagedChannel channel : channels) channel.shutdownNow();
        for (ManagedChannel channel : channels) channel.awaitTermination(30, TimeUnit.SECONDS);
        for (Backend backend : all) backend.server.shutdownNow();
        for (Backend backend : all) backend.server.awaitTermination(30, TimeUnit.SECONDS);
    }

    /** Knows every server. */
    private final class Addresses extends NameResolver.Factory {
        @Override
        public String getDefaultScheme() {
            return "backends";
        }

        @Override
        public NameResolver newNameResolver(URI target, NameResolver.Args args) {
            return new NameResolver() {
                @Override
                public String getServiceAuthority() {
                    return "all";
                }

                @Override
                public void start(Listener2 listener) {
                    listener.onResult(
                            ResolutionResult.newBuilder()
                                    .setAddressesOrError(
                                            StatusOr.fromValue(
                                                    all.stream().map(Backend::address).toList()))
                                    .build());
                }

                @Override
                public void shutdown() {}
            };
        }
    }
}

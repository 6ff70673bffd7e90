package io.gyrfalcon.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.MoreExecutors;

import io.grpc.BinaryLog;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.ForwardingServerBuilder;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MetricSink;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import io.grpc.util.MutableHandlerRegistry;
import io.gyrfalcon.eventloop.IdlePolicy;
import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Pinning;
import io.gyrfalcon.eventloop.PollerKind;
import io.gyrfalcon.grpc.server.CallLimits;
import io.gyrfalcon.grpc.server.Lane;
import io.gyrfalcon.grpc.server.Liveness;
import io.gyrfalcon.grpc.server.LoopChoice;
import io.gyrfalcon.grpc.server.Profile;
import io.gyrfalcon.grpc.server.ServerOptions;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

final class GyrfalconServerBuilderTest {
    private static final long FOR_EVER = Long.MAX_VALUE;
    private final GyrfalconServerBuilder builder = GyrfalconServerBuilder.forPort(0);

    private ServerOptions options() {
        return options(builder);
    }

    private static ServerOptions options(GyrfalconServerBuilder builder) {
        return ((ServerSetup) builder.delegate()).options();
    }

    private static void isRefused(ThrowingCallable call, String text) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(text);
    }

    private static void isMissing(ThrowingCallable call, String name) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(name);
    }

    @Test
    void defaultsAreThoseOfGrpcJava() {
        ServerOptions options = options();
        assertThat(options.addresses()).containsExactly(new InetSocketAddress(0));
        assertThat(options.tls()).isNull();
        assertThat(options.lane()).isEqualTo(Lane.RUNNER);
        assertThat(options.executor()).isNull();
        assertThat(options.callExecutor()).isNull();
        assertThat(options.methods().services()).isEmpty();
        assertThat(options.methods().fallbackServices()).isEmpty();
        assertThat(options.filters()).isEmpty();
        assertThat(options.metricSinks()).isEmpty();
        assertThat(options.tracers().isEmpty()).isTrue();
        assertThat(options.limits()).isEqualTo(new CallLimits(4 << 20, 0, 0, 0, true, 0, 0, 0));
        assertThat(options.liveness())
                .isEqualTo(
                        new Liveness(
                                TimeUnit.SECONDS.toNanos(10),
                                TimeUnit.HOURS.toNanos(2),
                                TimeUnit.SECONDS.toNanos(20),
                                TimeUnit.MINUTES.toNanos(5),
                                false,
                                FOR_EVER,
                                FOR_EVER,
                                FOR_EVER));
        assertThat(options.loops()).isEqualTo(LoopChoice.shared());
        assertThat(options.listen()).isEqualTo(ListenOptions.defaults());
        assertThat(options.profile()).isEqualTo(Profile.MESH);
    }

    @Test
    void buildIsInheritedFromForwardingServerBuilder() throws NoSuchMethodException {
        Method build = GyrfalconServerBuilder.class.getMethod("build");
        assertThat(build.getDeclaringClass()).isEqualTo(ForwardingServerBuilder.class);
        assertThat(builder.build()).isInstanceOf(GyrfalconServer.class);
    }

    @Test
    void everyMethodThatCanBeOverriddenIs() {
        List<String> missing = new ArrayList<>();
        for (Method method : ServerBuilder.class.getMethods()) {
            boolean isOverridable =
                    !Modifier.isStatic(method.getModifiers())
                            && !Modifier.isFinal(method.getModifiers())
                            && method.getDeclaringClass() == ServerBuilder.class;
            if (!isOverridable) continue;
            try {
                var _ =
                        ServerSetup.class.getDeclaredMethod(
                                method.getName(), method.getParameterTypes());
            } catch (NoSuchMethodException e) {
                missing.add(method.getName());
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void everyMethodAnswersTheBuilderItself() {
        assertThat(builder.directExecutor()).isSameAs(builder);
        assertThat(builder.maxInboundMessageSize(1)).isSameAs(builder);
        assertThat(builder.loops(1).poller("nio").profile("edge")).isSameAs(builder);
    }

    @Test
    void listensWhereItIsTold() {
        SocketAddress unix = UnixDomainSocketAddress.of("/tmp/socket");
        SocketAddress local = new InetSocketAddress("127.0.0.1", 1);
        GyrfalconServerBuilder two =
                GyrfalconServerBuilder.forAddress(unix).addListenAddress(local);
        assertThat(options(two).addresses()).containsExactly(unix, local);
        assertThat(two.toString()).contains("/tmp/socket");
        isMissing(() -> builder.addListenAddress(null), "listenAddress");
        isMissing(() -> GyrfalconServerBuilder.forAddress(null), "listenAddress");
        assertThatThrownBy(() -> GyrfalconServerBuilder.forPort(65536))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void credentialsFixTheSecurity() {
        GyrfalconServerBuilder plain =
                GyrfalconServerBuilder.forPort(0, InsecureServerCredentials.create());
        assertThat(options(plain).tls()).isNull();
        InputStream none = new ByteArrayInputStream(new byte[0]);
        assertThatThrownBy(() -> plain.useTransportSecurity(none, none))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Cannot change security when using ServerCredentials");
        java.io.File file = new java.io.File("absent");
        assertThatThrownBy(() -> plain.useTransportSecurity(file, file))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void unknownCredentialsAreRefused() {
        isRefused(
                () -> GyrfalconServerBuilder.forPort(0, new SecurityTest.Unknown()),
                "Unsupported credential type: " + SecurityTest.Unknown.class.getName());
    }

    @Test
    void theLaneFollowsTheExecutor() {
        Executor own = Runnable::run;
        builder.executor(own);
        assertThat(options().lane()).isEqualTo(Lane.EXECUTOR);
        assertThat(options().executor()).isSameAs(own);
        builder.directExecutor();
        assertThat(options().lane()).isEqualTo(Lane.DIRECT);
        assertThat(options().executor()).isNull();
        builder.executor(null);
        assertThat(options().lane()).isEqualTo(Lane.RUNNER);
        builder.executor(MoreExecutors.directExecutor());
        assertThat(options().lane()).isEqualTo(Lane.DIRECT);
    }

    @Test
    void aChoiceOfExecutorsSeesMetadata() {
        builder.addService(stubService());
        assertThat(options().methods().find("a.B/C").readsMetadata()).isFalse();
        builder.callExecutor(
                new io.grpc.ServerCallExecutorSupplier() {
                    @Override
                    public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
                        return null;
                    }
                });
        assertThat(options().callExecutor()).isNotNull();
        assertThat(options().methods().find("a.B/C").readsMetadata()).isTrue();
        isMissing(() -> builder.callExecutor(null), "executorSupplier");
    }

    private static ServerServiceDefinition stubService() {
        MethodDescriptor.Marshaller<String> marshaller =
                new MethodDescriptor.Marshaller<>() {
                    @Override
                    public InputStream stream(String value) {
                        return InputStream.nullInputStream();
                    }

                    @Override
                    public String parse(InputStream stream) {
                        return "";
                    }
                };
        MethodDescriptor<String, String> method =
                MethodDescriptor.newBuilder(marshaller, marshaller)
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName("a.B/C")
                        .build();
        return ServerServiceDefinition.builder("a.B")
                .addMethod(method, io.grpc.stub.ServerCalls.asyncUnaryCall((q, r) -> {}))
                .build();
    }

    @Test
    void servicesAreAddedInEveryWay() {
        BindableService bindable = () -> ServerServiceDefinition.builder("x.Y").build();
        builder.addService(stubService()).addService(bindable);
        builder.addServices(List.of(ServerServiceDefinition.builder("p.Q").build()));
        assertThat(options().methods().services()).hasSize(3);
        isMissing(() -> builder.addService((BindableService) null), "bindableService");
        isMissing(() -> builder.addService((ServerServiceDefinition) null), "service");
    }

    @Test
    void anInterceptorStandsAroundEveryMethod() {
        ServerInterceptor interceptor =
                new ServerInterceptor() {
                    @Override
                    public <Q, R> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                        return next.startCall(call, headers);
                    }
                };
        builder.addService(stubService()).intercept(interceptor);
        assertThat(options().methods().find("a.B/C").readsMetadata()).isTrue();
        isMissing(() -> builder.intercept(null), "interceptor");
    }

    @Test
    void filtersTracersAndSinksAreKept() {
        ServerTransportFilter filter = new ServerTransportFilter() {};
        ServerStreamTracer.Factory factory =
                new ServerStreamTracer.Factory() {
                    @Override
                    public ServerStreamTracer newServerStreamTracer(String name, Metadata headers) {
                        return new ServerStreamTracer() {};
                    }
                };
        MetricSink sink =
                (MetricSink)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {MetricSink.class},
                                (proxy, method, arguments) -> null);
        builder.addService(stubService());
        builder.addTransportFilter(filter).addStreamTracerFactory(factory).addMetricSink(sink);
        assertThat(options().filters()).containsExactly(filter);
        assertThat(options().metricSinks()).hasSize(1);
        assertThat(options().tracers().isEmpty()).isFalse();
        assertThat(options().methods().find("a.B/C").readsMetadata()).isTrue();
        isMissing(() -> builder.addTransportFilter(null), "filter");
        isMissing(() -> builder.addStreamTracerFactory(null), "factory");
        isMissing(() -> builder.addMetricSink(null), "metricSink");
    }

    @Test
    void aFallbackRegistryCanBeTakenBack() {
        MutableHandlerRegistry registry = new MutableHandlerRegistry();
        registry.addService(ServerServiceDefinition.builder("a.B").build());
        builder.fallbackHandlerRegistry(registry);
        assertThat(options().methods().fallbackServices()).hasSize(1);
        builder.fallbackHandlerRegistry(null);
        assertThat(options().methods().fallbackServices()).isEmpty();
    }

    @Test
    void registriesOfCodecsCanBeTakenBack() {
        builder.compressorRegistry(CompressorRegistry.newEmptyInstance());
        builder.decompressorRegistry(DecompressorRegistry.emptyInstance());
        assertThat(options().encodings().compressor("gzip")).isNull();
        assertThat(options().encodings().decompressor("gzip")).isNull();
        builder.compressorRegistry(null).decompressorRegistry(null);
        assertThat(options().encodings().compressor("gzip")).isNotNull();
        assertThat(options().encodings().decompressor("gzip")).isNotNull();
    }

    @Test
    void aBinaryLogWrapsMethodsAndCanBeTakenBack() {
        BinaryLog log =
                new BinaryLog() {
                    @Override
                    public <Q, R> ServerMethodDefinition<?, ?> wrapMethodDefinition(
                            ServerMethodDefinition<Q, R> definition) {
                        return definition;
                    }

                    @Override
                    public Channel wrapChannel(Channel channel) {
                        return channel;
                    }

                    @Override
                    public void close() {}
                };
        builder.addService(stubService()).setBinaryLog(log);
        assertThat(options().methods().find("a.B/C").readsMetadata()).isTrue();
        builder.setBinaryLog(null);
        assertThat(options().methods().find("a.B/C").readsMetadata()).isFalse();
    }

    @Test
    void theHandshakeTimeoutIsPositive() {
        builder.handshakeTimeout(3, TimeUnit.SECONDS);
        assertThat(options().liveness().handshakeNanos()).isEqualTo(3_000_000_000L);
        isRefused(
                () -> builder.handshakeTimeout(0, TimeUnit.SECONDS),
                "handshake timeout is 0, but must be positive");
        isMissing(() -> builder.handshakeTimeout(1, null), "unit");
    }

    @Test
    void keepAliveIsClampedFromBelowAndOffFromAThousandDays() {
        builder.keepAliveTime(1, TimeUnit.SECONDS).keepAliveTimeout(1, TimeUnit.NANOSECONDS);
        assertThat(options().liveness().keepAliveNanos()).isEqualTo(10_000_000_000L);
        assertThat(options().liveness().keepAliveTimeoutNanos()).isEqualTo(10_000_000L);
        builder.keepAliveTime(11, TimeUnit.SECONDS).keepAliveTimeout(11, TimeUnit.MILLISECONDS);
        assertThat(options().liveness().keepAliveNanos()).isEqualTo(11_000_000_000L);
        assertThat(options().liveness().keepAliveTimeoutNanos()).isEqualTo(11_000_000L);
        builder.keepAliveTime(1000, TimeUnit.DAYS);
        assertThat(options().liveness().keepAliveNanos()).isEqualTo(FOR_EVER);
        builder.keepAliveTime(999, TimeUnit.DAYS);
        assertThat(options().liveness().keepAliveNanos()).isEqualTo(TimeUnit.DAYS.toNanos(999));
        isRefused(
                () -> builder.keepAliveTime(0, TimeUnit.SECONDS),
                "keepalive time must be positive\uff1a0");
        isRefused(
                () -> builder.keepAliveTimeout(-1, TimeUnit.SECONDS),
                "keepalive timeout must be positive: -1");
    }

    @Test
    void idleAndAgeLastAtLeastASecondAndForEverFromAThousandDays() {
        builder.maxConnectionIdle(1, TimeUnit.MILLISECONDS)
                .maxConnectionAge(2, TimeUnit.NANOSECONDS);
        assertThat(options().liveness().idleNanos()).isEqualTo(1_000_000_000L);
        assertThat(options().liveness().ageNanos()).isEqualTo(1_000_000_000L);
        builder.maxConnectionIdle(2, TimeUnit.SECONDS).maxConnectionAge(3, TimeUnit.SECONDS);
        assertThat(options().liveness().idleNanos()).isEqualTo(2_000_000_000L);
        assertThat(options().liveness().ageNanos()).isEqualTo(3_000_000_000L);
        builder.maxConnectionIdle(1000, TimeUnit.DAYS).maxConnectionAge(5000, TimeUnit.DAYS);
        assertThat(options().liveness().idleNanos()).isEqualTo(FOR_EVER);
        assertThat(options().liveness().ageNanos()).isEqualTo(FOR_EVER);
        isRefused(
                () -> builder.maxConnectionIdle(0, TimeUnit.SECONDS),
                "max connection idle must be positive: 0");
        isRefused(
                () -> builder.maxConnectionAge(0, TimeUnit.SECONDS),
                "max connection age must be positive: 0");
    }

    @Test
    void graceMayBeNothing() {
        builder.maxConnectionAgeGrace(0, TimeUnit.SECONDS);
        assertThat(options().liveness().graceNanos()).isZero();
        builder.maxConnectionAgeGrace(7, TimeUnit.NANOSECONDS);
        assertThat(options().liveness().graceNanos()).isEqualTo(7);
        builder.maxConnectionAgeGrace(1000, TimeUnit.DAYS);
        assertThat(options().liveness().graceNanos()).isEqualTo(FOR_EVER);
        isRefused(
                () -> builder.maxConnectionAgeGrace(-1, TimeUnit.SECONDS),
                "max connection age grace must be non-negative: -1");
    }

    @Test
    void pingsOfClientsMayBePermitted() {
        builder.permitKeepAliveTime(0, TimeUnit.SECONDS).permitKeepAliveWithoutCalls(true);
        assertThat(options().liveness().permitKeepAliveNanos()).isZero();
        assertThat(options().liveness().isKeepAlivePermittedWithoutCalls()).isTrue();
        isRefused(
                () -> builder.permitKeepAliveTime(-1, TimeUnit.SECONDS),
                "permit keepalive time must be non-negative: -1");
    }

    @Test
    void sizesAreChecked() {
        builder.maxInboundMessageSize(0).maxInboundMetadataSize(1);
        assertThat(options().limits().messageBytesMax()).isZero();
        assertThat(options().limits().metadataBytesSoft()).isEqualTo(1);
        assertThat(options().limits().metadataBytesMax()).isEqualTo(1);
        builder.maxInboundMetadataSize(10, 11);
        assertThat(options().limits().metadataBytesSoft()).isEqualTo(10);
        assertThat(options().limits().metadataBytesMax()).isEqualTo(11);
        isRefused(() -> builder.maxInboundMessageSize(-1), "bytes must be non-negative: -1");
        isRefused(
                () -> builder.maxInboundMetadataSize(0),
                "maxInboundMetadataSize must be positive: 0");
        isRefused(
                () -> builder.maxInboundMetadataSize(0, 1),
                "softLimitHeaderListSize must be positive: 0");
        isRefused(
                () -> builder.maxInboundMetadataSize(5, 5),
                "maxInboundMetadataSize: 5 must be greater than softLimitHeaderListSize: 5");
    }

    @Test
    void windowsAreFixedOrToBeginWith() {
        builder.flowControlWindow(100);
        assertThat(options().limits().windowBytes()).isEqualTo(100);
        assertThat(options().limits().isWindowAdaptive()).isFalse();
        builder.initialFlowControlWindow(200);
        assertThat(options().limits().windowBytes()).isEqualTo(200);
        assertThat(options().limits().isWindowAdaptive()).isTrue();
        isRefused(() -> builder.flowControlWindow(0), "flowControlWindow must be positive: 0");
        isRefused(
                () -> builder.initialFlowControlWindow(0),
                "initialFlowControlWindow must be positive");
    }

    @Test
    void callsAndResetsOfAConnectionAreLimited() {
        builder.maxConcurrentCallsPerConnection(3).maxRstFramesPerWindow(4, 5);
        assertThat(options().limits().callsPerConnectionMax()).isEqualTo(3);
        assertThat(options().limits().resetsMax()).isEqualTo(4);
        assertThat(options().limits().resetWindowSeconds()).isEqualTo(5);
        isRefused(() -> builder.maxConcurrentCallsPerConnection(0), "max must be positive: 0");
        isRefused(() -> builder.maxRstFramesPerWindow(0, 1), "maxRstStream must be positive");
        isRefused(() -> builder.maxRstFramesPerWindow(1, 0), "secondsPerWindow must be positive");
    }

    @Test
    void loopsPollerAndProfileAreChosenByName() {
        builder.loops(2).poller("epoll").profile("edge");
        builder.idle("spin").pinning("0,1");
        ListenOptions listen = ListenOptions.defaults().withBacklog(5);
        builder.listenOptions(listen);
        assertThat(options().loops())
                .isEqualTo(
                        new LoopChoice(
                                2, PollerKind.EPOLL, IdlePolicy.SPIN, Pinning.on(List.of(0, 1))));
        assertThat(options().listen()).isEqualTo(listen);
        assertThat(options().profile()).isEqualTo(Profile.EDGE);
        builder.profile("mesh").poller("auto");
        assertThat(options().profile()).isEqualTo(Profile.MESH);
        isRefused(() -> builder.loops(0), "loops must be positive: 0");
        isRefused(() -> builder.idle("doze"), "idle: doze (expected: block, adaptive or spin)");
        isRefused(
                () -> builder.pinning("some"),
                "pinning: some (expected: none, cpu, node or CPUs such as 0,2-5)");
        isRefused(() -> builder.poller("kqueue"), "poller: kqueue (expected: auto, epoll or nio)");
        isRefused(() -> builder.profile("lan"), "profile: lan (expected: mesh or edge)");
    }

    @Test
    void whatIsBuiltDoesNotChangeWithTheBuilder() {
        ServerOptions before = options();
        builder.maxInboundMessageSize(1).addListenAddress(new InetSocketAddress(1)).loops(3);
        assertThat(before.limits().messageBytesMax()).isEqualTo(4 << 20);
        assertThat(before.addresses()).hasSize(1);
        assertThat(before.loops()).isEqualTo(LoopChoice.shared());
    }
}

package io.gyrfalcon.grpc;

import io.grpc.BinaryLog;
import io.grpc.BindableService;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.HandlerRegistry;
import io.grpc.InternalConfiguratorRegistry;
import io.grpc.MetricSink;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import io.gyrfalcon.eventloop.IdlePolicy;
import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Pinning;
import io.gyrfalcon.eventloop.PollerKind;
import io.gyrfalcon.grpc.server.CallLimits;
import io.gyrfalcon.grpc.server.Carrying;
import io.gyrfalcon.grpc.server.Encodings;
import io.gyrfalcon.grpc.server.Lane;
import io.gyrfalcon.grpc.server.Liveness;
import io.gyrfalcon.grpc.server.LoopChoice;
import io.gyrfalcon.grpc.server.MethodTable;
import io.gyrfalcon.grpc.server.Profile;
import io.gyrfalcon.grpc.server.ServerOptions;
import io.gyrfalcon.grpc.server.Tracers;
import io.gyrfalcon.grpc.server.TransportOpener;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.InputStream;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * What a {@link GyrfalconServerBuilder} has been told so far. Not thread-safe.
 *
 * <p>Checks, clamps, defaults and texts are grpc-java's.
 */
final class ServerSetup extends ServerBuilder<ServerSetup> {
    private static final long FOR_EVER = Long.MAX_VALUE;
    private static final long LIKE_FOR_EVER_NANOS = TimeUnit.DAYS.toNanos(1000);
    private static final long KEEP_ALIVE_MIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long KEEP_ALIVE_TIMEOUT_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long CONNECTION_MIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final String GUAVA_DIRECT = "com.google.common.util.concurrent.DirectExecutor";

    private final List<SocketAddress> addresses = new ArrayList<>();
    private final List<ServerServiceDefinition> services = new ArrayList<>();
    private final List<ServerInterceptor> interceptors = new ArrayList<>();
    private final List<ServerTransportFilter> filters = new ArrayList<>();
    private final List<ServerStreamTracer.Factory> tracerFactories = new ArrayList<>();
    private final List<MetricSink> metricSinks = new ArrayList<>();
    private final boolean isSecurityFrozen;
    private Security security;
    private Lane lane = Lane.RUNNER;
    private final Map<String, Carrying> carryings = new LinkedHashMap<>();
    private @Nullable Executor executor;
    private @Nullable ServerCallExecutorSupplier callExecutor;
    private @Nullable HandlerRegistry fallback;
    private @Nullable BinaryLog binaryLog;
    private DecompressorRegistry decompressors = DecompressorRegistry.getDefaultInstance();
    private CompressorRegistry compressors = CompressorRegistry.getDefaultInstance();
    private int messageBytesMax = 4 * 1024 * 1024;
    private int metadataBytesSoft;
    private int metadataBytesMax;
    private int windowBytes;
    private boolean isWindowAdaptive = true;
    private int callsPerConnectionMax;
    private int resetsMax;
    private int resetWindowSeconds;
    private long handshakeNanos;
    private long keepAliveNanos = TimeUnit.HOURS.toNanos(2);
    private long keepAliveTimeoutNanos = TimeUnit.SECONDS.toNanos(20);
    private long permitKeepAliveNanos = TimeUnit.MINUTES.toNanos(5);
    private boolean isKeepAlivePermittedWithoutCalls;
    private long idleNanos = FOR_EVER;
    private long ageNanos = FOR_EVER;
    private long graceNanos = FOR_EVER;
    private LoopChoice loops = LoopChoice.shared();
    private ListenOptions listen = ListenOptions.defaults();
    private Profile profile = Profile.MESH;

    @SuppressWarnings("this-escape") // what configurators do to a builder they also do to a new one
    ServerSetup(SocketAddress address, Security security, boolean isSecurityFrozen) {
        this.security = security;
        this.isSecurityFrozen = isSecurityFrozen;
        addListenAddress(address);
        InternalConfiguratorRegistry.configureServerBuilder(this);
    }

    List<SocketAddress> addresses() {
        return addresses;
    }

    void addListenAddress(SocketAddress address) {
        addresses.add(Checks.notNull(address, "listenAddress"));
    }

    void maxConcurrentCallsPerConnection(int calls) {
        Checks.isTrue(calls > 0, "max must be positive: ", calls);
        callsPerConnectionMax = calls;
    }

    void window(int bytes, boolean isAdaptive) {
        windowBytes = bytes;
        isWindowAdaptive = isAdaptive;
    }

    void maxInboundMetadataSize(int soft, int max) {
        Checks.isTrue(soft > 0, "softLimitHeaderListSize must be positive: ", soft);
        if (max <= soft) {
            throw new IllegalArgumentException(
                    "maxInboundMetadataSize: "
                            + max
                            + " must be greater than softLimitHeaderListSize: "
                            + soft);
        }
        metadataBytesSoft = soft;
        metadataBytesMax = max;
    }

    void maxRstFramesPerWindow(int resets, int secondsPerWindow) {
        if (resets <= 0) throw new IllegalArgumentException("maxRstStream must be positive");
        if (secondsPerWindow <= 0) {
            throw new IllegalArgumentException("secondsPerWindow must be positive");
        }
        resetsMax = resets;
        resetWindowSeconds = secondsPerWindow;
    }

    void loops(int count) {
        Checks.isTrue(count > 0, "loops must be positive: ", count);
        loops = loops.withCount(count);
    }

    void poller(PollerKind kind) {
        loops = loops.withPoller(kind);
    }

    void idle(IdlePolicy policy) {
        loops = loops.withIdle(policy);
    }

    void pinning(Pinning where) {
        loops = loops.withPinning(where);
    }

    void listen(ListenOptions options) {
        listen = Checks.notNull(options, "options");
    }

    void profile(Profile named) {
        profile = named;
    }

    void carrying(String fullMethodName, Carrying chosen) {
        carryings.put(Checks.notNull(fullMethodName, "fullMethodName"), chosen);
    }

    @Override
    public ServerSetup directExecutor() {
        executor = null;
        lane = Lane.DIRECT;
        return this;
    }

    @Override
    public ServerSetup executor(@Nullable Executor given) {
        if (given == null || given.getClass().getName().equals(GUAVA_DIRECT)) {
            executor = null;
            lane = given == null ? Lane.RUNNER : Lane.DIRECT;
            return this;
        }
        executor = given;
        lane = Lane.EXECUTOR;
        return this;
    }

    @Override
    public ServerSetup callExecutor(ServerCallExecutorSupplier supplier) {
        callExecutor = Checks.notNull(supplier, "executorSupplier");
        return this;
    }

    @Override
    public ServerSetup addService(ServerServiceDefinition service) {
        services.add(Checks.notNull(service, "service"));
        return this;
    }

    @Override
    public ServerSetup addService(BindableService service) {
        return addService(Checks.notNull(service, "bindableService").bindService());
    }

    @Override
    public ServerSetup intercept(ServerInterceptor interceptor) {
        interceptors.add(Checks.notNull(interceptor, "interceptor"));
        return this;
    }

    @Override
    public ServerSetup addTransportFilter(ServerTransportFilter filter) {
        filters.add(Checks.notNull(filter, "filter"));
        return this;
    }

    @Override
    public ServerSetup addStreamTracerFactory(ServerStreamTracer.Factory factory) {
        tracerFactories.add(Checks.notNull(factory, "factory"));
        return this;
    }

    @Override
    public ServerSetup addMetricSink(MetricSink sink) {
        metricSinks.add(Checks.notNull(sink, "metricSink"));
        return this;
    }

    @Override
    public ServerSetup fallbackHandlerRegistry(@Nullable HandlerRegistry registry) {
        fallback = registry;
        return this;
    }

    @Override
    public ServerSetup useTransportSecurity(File certificateChain, File privateKey) {
        checkSecurityMayChange();
        security = Security.of(certificateChain, privateKey);
        return this;
    }

    @Override
    public ServerSetup useTransportSecurity(InputStream certificateChain, InputStream privateKey) {
        checkSecurityMayChange();
        security = Security.of(certificateChain, privateKey);
        return this;
    }

    private void checkSecurityMayChange() {
        if (isSecurityFrozen) {
            throw new IllegalStateException("Cannot change security when using ServerCredentials");
        }
    }

    @Override
    public ServerSetup decompressorRegistry(@Nullable DecompressorRegistry registry) {
        decompressors = registry == null ? DecompressorRegistry.getDefaultInstance() : registry;
        return this;
    }

    @Override
    public ServerSetup compressorRegistry(@Nullable CompressorRegistry registry) {
        compressors = registry == null ? CompressorRegistry.getDefaultInstance() : registry;
        return this;
    }

    @Override
    public ServerSetup handshakeTimeout(long timeout, TimeUnit unit) {
        if (timeout <= 0) {
            throw new IllegalArgumentException(
                    "handshake timeout is " + timeout + ", but must be positive");
        }
        handshakeNanos = Checks.notNull(unit, "unit").toNanos(timeout);
        return this;
    }

    @Override
    public ServerSetup keepAliveTime(long time, TimeUnit unit) {
        Checks.isTrue(time > 0, "keepalive time must be positive\uff1a", time);
        long nanos = Math.max(unit.toNanos(time), KEEP_ALIVE_MIN_NANOS);
        keepAliveNanos = nanos >= LIKE_FOR_EVER_NANOS ? FOR_EVER : nanos;
        return this;
    }

    @Override
    public ServerSetup keepAliveTimeout(long timeout, TimeUnit unit) {
        Checks.isTrue(timeout > 0, "keepalive timeout must be positive: ", timeout);
        keepAliveTimeoutNanos = Math.max(unit.toNanos(timeout), KEEP_ALIVE_TIMEOUT_MIN_NANOS);
        return this;
    }

    @Override
    public ServerSetup maxConnectionIdle(long time, TimeUnit unit) {
        Checks.isTrue(time > 0, "max connection idle must be positive: ", time);
        idleNanos = atLeastASecond(unit.toNanos(time));
        return this;
    }

    @Override
    public ServerSetup maxConnectionAge(long time, TimeUnit unit) {
        Checks.isTrue(time > 0, "max connection age must be positive: ", time);
        ageNanos = atLeastASecond(unit.toNanos(time));
        return this;
    }

    @Override
    public ServerSetup maxConnectionAgeGrace(long time, TimeUnit unit) {
        Checks.isTrue(time >= 0, "max connection age grace must be non-negative: ", time);
        long nanos = unit.toNanos(time);
        graceNanos = nanos >= LIKE_FOR_EVER_NANOS ? FOR_EVER : nanos;
        return this;
    }

    private static long atLeastASecond(long nanos) {
        if (nanos >= LIKE_FOR_EVER_NANOS) return FOR_EVER;
        return Math.max(nanos, CONNECTION_MIN_NANOS);
    }

    @Override
    public ServerSetup permitKeepAliveTime(long time, TimeUnit unit) {
        Checks.isTrue(time >= 0, "permit keepalive time must be non-negative: ", time);
        permitKeepAliveNanos = unit.toNanos(time);
        return this;
    }

    @Override
    public ServerSetup permitKeepAliveWithoutCalls(boolean isPermitted) {
        isKeepAlivePermittedWithoutCalls = isPermitted;
        return this;
    }

    @Override
    public ServerSetup maxInboundMessageSize(int bytes) {
        Checks.isTrue(bytes >= 0, "bytes must be non-negative: ", bytes);
        messageBytesMax = bytes;
        return this;
    }

    @Override
    public ServerSetup maxInboundMetadataSize(int bytes) {
        Checks.isTrue(bytes > 0, "maxInboundMetadataSize must be positive: ", bytes);
        metadataBytesSoft = bytes;
        metadataBytesMax = bytes;
        return this;
    }

    @Override
    public ServerSetup setBinaryLog(@Nullable BinaryLog log) {
        binaryLog = log;
        return this;
    }

    @Override
    public Server build() {
        return new GyrfalconServer(options(), new TransportOpener());
    }

    /** All of it, frozen; interceptors are composed here, once per method. */
    ServerOptions options() {
        boolean isWatched = callExecutor != null || !tracerFactories.isEmpty();
        return new ServerOptions(
                addresses,
                security.tls(),
                lane,
                executor,
                callExecutor,
                methods(isWatched),
                new Tracers(tracerFactories),
                new Encodings(compressors, decompressors),
                filters,
                metricSinks,
                limits(),
                liveness(),
                loops,
                listen,
                profile);
    }

    private MethodTable methods(boolean isWatched) {
        MethodTable methods =
                new MethodTable(services, interceptors, binaryLog, isWatched, fallback);
        for (Map.Entry<String, Carrying> chosen : carryings.entrySet()) {
            methods.carrying(chosen.getKey(), chosen.getValue());
        }
        return methods;
    }

    private CallLimits limits() {
        return new CallLimits(
                messageBytesMax,
                metadataBytesSoft,
                metadataBytesMax,
                windowBytes,
                isWindowAdaptive,
                callsPerConnectionMax,
                resetsMax,
                resetWindowSeconds);
    }

    private Liveness liveness() {
        return new Liveness(
                handshakeNanos > 0 ? handshakeNanos : profile.handshakeNanos(),
                keepAliveNanos,
                keepAliveTimeoutNanos,
                permitKeepAliveNanos,
                isKeepAlivePermittedWithoutCalls,
                idleNanos,
                ageNanos,
                graceNanos);
    }
}

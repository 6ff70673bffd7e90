package io.gyrfalcon.grpc;

import io.grpc.BinaryLog;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientTransportFilter;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.Grpc;
import io.grpc.InternalConfiguratorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.MetricSink;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.ProxyDetector;
import io.gyrfalcon.grpc.client.ChannelOptions;
import io.gyrfalcon.grpc.client.ChildChannels;
import io.gyrfalcon.grpc.client.ClientFilters;
import io.gyrfalcon.grpc.client.ConfigJson;
import io.gyrfalcon.grpc.client.ConfigParser;
import io.gyrfalcon.grpc.client.Metrics;
import io.gyrfalcon.grpc.client.Naming;
import io.gyrfalcon.grpc.client.RetrySettings;
import io.gyrfalcon.grpc.client.SystemProxies;
import io.gyrfalcon.grpc.client.Target;
import io.gyrfalcon.grpc.client.TargetParser;
import io.gyrfalcon.grpc.server.CallLane;
import io.gyrfalcon.grpc.server.Encodings;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.tls.TlsClientSettings;
import io.gyrfalcon.transport.client.ClientSettings;
import io.gyrfalcon.transport.client.NameLookup;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Builds a channel on Gyrfalcon's engine, with grpc-java's checks and defaults. Not thread-safe.
 *
 * <p>{@link ManagedChannelBuilder#forTarget} and {@link io.grpc.Grpc#newChannelBuilder} find it.
 */
public final class GyrfalconChannelBuilder extends ManagedChannelBuilder<GyrfalconChannelBuilder> {
    private static final int PORT_TLS = 443;
    private static final int PORT_PLAIN = 80;
    private static final String USER_AGENT = "grpc-java-gyrfalcon/0.1.0";
    private static final String GUAVA_DIRECT = "com.google.common.util.concurrent.DirectExecutor";
    private static final long FOR_EVER = Long.MAX_VALUE;
    private static final long LIKE_FOR_EVER_NANOS = TimeUnit.DAYS.toNanos(1000);
    private static final long KEEP_ALIVE_MIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long KEEP_ALIVE_TIMEOUT_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long IDLE_DAYS_MAX = 30;
    private static final long IDLE_MIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** By this name and type tracing agents find where to put theirs. */
    private final List<ClientInterceptor> interceptors = new ArrayList<>();

    private final String target;
    private final @Nullable SocketAddress address;
    private final boolean isSecurityFrozen;
    private @Nullable ChannelSecurity security;
    private @Nullable ChannelCredentials origin;
    private CallLane lane = CallLane.RUNNER;
    private Executor offload = Thread::startVirtualThread;
    private @Nullable String userAgent;
    private @Nullable String authority;
    private DecompressorRegistry decompressors = DecompressorRegistry.getDefaultInstance();
    private CompressorRegistry compressors = CompressorRegistry.getDefaultInstance();
    private long idleNanos = TimeUnit.MINUTES.toNanos(30);
    private int messageBytesMax = 4 * 1024 * 1024;
    private int metadataBytesMax = 8192;
    private long keepAliveNanos = FOR_EVER;
    private long keepAliveTimeoutNanos = TimeUnit.SECONDS.toNanos(20);
    private boolean isKeptAliveWithoutCalls;
    private String policy = "pick_first";
    private @Nullable Map<String, ?> rawConfig;
    private boolean isConfigLookedUp = true;
    private NameResolverRegistry resolvers = NameResolverRegistry.getDefaultRegistry();
    private @Nullable NameResolverProvider resolverProvider;
    private @Nullable ProxyDetector proxies;
    private final IdentityHashMap<NameResolver.Args.Key<?>, Naming.Arg<?>> resolverArgs =
            new IdentityHashMap<>();
    private final List<MetricSink> sinks = new ArrayList<>();
    private final List<ClientTransportFilter> filters = new ArrayList<>();
    private @Nullable BinaryLog binaryLog;
    private int tracesMax;
    private boolean isRetrying = true;
    private int retriesMax = 5;
    private int hedgesMax = 5;
    private long callBytesMax = 1 << 20;
    private long channelBytesMax = 16 << 20;

    @SuppressWarnings("this-escape") // what configurators do to a builder they also do to a new one
    GyrfalconChannelBuilder(
            String target, @Nullable SocketAddress address, @Nullable ChannelSecurity security) {
        if (target == null) throw new NullPointerException("target");
        this.target = target;
        this.address = address;
        this.security = security;
        isSecurityFrozen = security != null;
        InternalConfiguratorRegistry.configureChannelBuilder(this);
    }

    /**
     * A channel to a name or path, over TLS unless {@link #usePlaintext} says otherwise.
     *
     * @param target {@code host}, {@code host:port}, {@code dns:///host:port}, {@code unix:path},
     *     or what a registered name resolver serves; if it is none of these, {@link #build} fails
     */
    public static GyrfalconChannelBuilder forTarget(String target) {
        return new GyrfalconChannelBuilder(target, null, null);
    }

    /**
     * A channel to a name or path.
     *
     * @throws IllegalArgumentException if the credentials are of a kind that is not supported
     */
    public static GyrfalconChannelBuilder forTarget(String target, ChannelCredentials credentials) {
        return of(target, null, credentials);
    }

    /** A channel to a port of a host, over TLS unless {@link #usePlaintext} says otherwise. */
    public static GyrfalconChannelBuilder forAddress(String host, int port) {
        return forTarget(Target.authority(host, port));
    }

    /**
     * A channel to a port of a host.
     *
     * @throws IllegalArgumentException if the credentials are of a kind that is not supported
     */
    public static GyrfalconChannelBuilder forAddress(
            String host, int port, ChannelCredentials credentials) {
        return forTarget(Target.authority(host, port), credentials);
    }

    /** A channel to an address, over TLS unless {@link #usePlaintext} says otherwise. */
    public static GyrfalconChannelBuilder forAddress(SocketAddress address) {
        return new GyrfalconChannelBuilder(Target.of(address).text(), address, null);
    }

    /**
     * A channel to an address, TCP or unix-domain.
     *
     * @throws IllegalArgumentException if the credentials are of a kind that is not supported
     */
    public static GyrfalconChannelBuilder forAddress(
            SocketAddress address, ChannelCredentials credentials) {
        return of(Target.of(address).text(), address, credentials);
    }

    private static GyrfalconChannelBuilder of(
            String target, @Nullable SocketAddress address, ChannelCredentials credentials) {
        ChannelSecurity security = ChannelSecurity.of(credentials);
        String error = security.error();
        if (error != null) throw new IllegalArgumentException(error);
        GyrfalconChannelBuilder builder = new GyrfalconChannelBuilder(target, address, security);
        builder.origin = credentials;
        return builder;
    }

    @Override
    public GyrfalconChannelBuilder directExecutor() {
        lane = CallLane.DIRECT;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder executor(@Nullable Executor executor) {
        if (executor == null) {
            lane = CallLane.RUNNER;
        } else if (executor.getClass().getName().equals(GUAVA_DIRECT)) {
            lane = CallLane.DIRECT;
        } else {
            lane = CallLane.of(executor);
        }
        return this;
    }

    @Override
    public GyrfalconChannelBuilder offloadExecutor(@Nullable Executor executor) {
        offload = executor == null ? Thread::startVirtualThread : executor;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder intercept(List<ClientInterceptor> added) {
        interceptors.addAll(added);
        return this;
    }

    @Override
    public GyrfalconChannelBuilder intercept(ClientInterceptor... added) {
        return intercept(Arrays.asList(added));
    }

    @Override
    protected GyrfalconChannelBuilder interceptWithTarget(InterceptorFactory factory) {
        return intercept(new Unmade(factory));
    }

    private List<ClientInterceptor> interceptorsOf(String named) {
        List<ClientInterceptor> made = new ArrayList<>();
        for (ClientInterceptor each : interceptors) {
            made.add(each instanceof Unmade unmade ? unmade.make(named) : each);
        }
        return made;
    }

    /** The place of an interceptor that is made with the channel, which knows its target. */
    private record Unmade(InterceptorFactory factory) implements ClientInterceptor {
        ClientInterceptor make(String target) {
            ClientInterceptor made = factory.newInterceptor(target);
            if (made != null) return made;
            throw new NullPointerException("Factory returned null interceptor: " + factory);
        }

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(
                MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            throw new IllegalStateException("not made");
        }
    }

    @Override
    public GyrfalconChannelBuilder userAgent(@Nullable String text) {
        userAgent = text;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder overrideAuthority(String text) {
        authority = Target.checkedAuthority(text);
        return this;
    }

    @Override
    public GyrfalconChannelBuilder usePlaintext() {
        checkSecurityMayChange();
        security = ChannelSecurity.PLAIN;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder useTransportSecurity() {
        checkSecurityMayChange();
        security = null;
        return this;
    }

    private void checkSecurityMayChange() {
        if (isSecurityFrozen) {
            throw new IllegalStateException("Cannot change security when using ChannelCredentials");
        }
    }

    /** Resolvers are found there alone; null: in the process's registry. */
    @Deprecated
    @Override
    public GyrfalconChannelBuilder nameResolverFactory(NameResolver.@Nullable Factory factory) {
        if (address != null) {
            throw new IllegalStateException(
                    "directServerAddress is set ("
                            + address
                            + "), which forbids the use of NameResolverFactory");
        }
        return nameResolvers(
                factory == null
                        ? NameResolverRegistry.getDefaultRegistry()
                        : FactoryProvider.registry(factory),
                null);
    }

    /** Resolvers are found there, but those of this one's scheme, which it makes itself. */
    GyrfalconChannelBuilder nameResolvers(
            NameResolverRegistry registry, @Nullable NameResolverProvider provider) {
        resolvers = registry;
        resolverProvider = provider;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder addTransportFilter(ClientTransportFilter filter) {
        if (filter == null) throw new NullPointerException("transport filter");
        filters.add(filter);
        return this;
    }

    /** Sees every call below the interceptors; null: none does. */
    @Override
    public GyrfalconChannelBuilder setBinaryLog(@Nullable BinaryLog log) {
        binaryLog = log;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder maxTraceEvents(int events) {
        Checks.isTrue(events >= 0, "maxTraceEvents must be non-negative: ", events);
        tracesMax = events;
        return this;
    }

    /** Behind which proxies names are; null: as the JDK's proxy selector says. */
    @Override
    public GyrfalconChannelBuilder proxyDetector(@Nullable ProxyDetector detector) {
        proxies = detector;
        return this;
    }

    @Override
    public <X> GyrfalconChannelBuilder setNameResolverArg(NameResolver.Args.Key<X> key, X value) {
        if (key == null) throw new NullPointerException("key");
        if (value == null) throw new NullPointerException("value");
        resolverArgs.put(key, new Naming.Arg<>(key, value));
        return this;
    }

    @Override
    protected GyrfalconChannelBuilder addMetricSink(MetricSink sink) {
        if (sink == null) throw new NullPointerException("metric sink");
        sinks.add(sink);
        return this;
    }

    @Override
    public GyrfalconChannelBuilder decompressorRegistry(@Nullable DecompressorRegistry registry) {
        decompressors = registry == null ? DecompressorRegistry.getDefaultInstance() : registry;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder compressorRegistry(@Nullable CompressorRegistry registry) {
        compressors = registry == null ? CompressorRegistry.getDefaultInstance() : registry;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder idleTimeout(long value, TimeUnit unit) {
        if (value <= 0) {
            throw new IllegalArgumentException(
                    "idle timeout is " + value + ", but must be positive");
        }
        boolean isNever = unit.toDays(value) >= IDLE_DAYS_MAX;
        idleNanos = isNever ? FOR_EVER : Math.max(unit.toNanos(value), IDLE_MIN_NANOS);
        return this;
    }

    @Override
    public GyrfalconChannelBuilder maxInboundMessageSize(int bytes) {
        Checks.isTrue(bytes >= 0, "negative max: ", bytes);
        messageBytesMax = bytes;
        return this;
    }

    /**
     * How large the metadata of an answer may be, uncompressed and with 32 bytes a field; without
     * it 8 KiB. Larger is RESOURCE_EXHAUSTED; beyond that and 64 KiB as sent, the connection ends.
     *
     * @param bytes > 0; more than 16 MiB count as that
     */
    @Override
    public GyrfalconChannelBuilder maxInboundMetadataSize(int bytes) {
        Checks.isTrue(bytes > 0, "maxInboundMetadataSize must be > 0: ", bytes);
        metadataBytesMax = bytes;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder keepAliveTime(long time, TimeUnit unit) {
        Checks.isTrue(time > 0, "keepalive time must be positive: ", time);
        long nanos = unit.toNanos(time);
        boolean isNever = nanos >= LIKE_FOR_EVER_NANOS;
        keepAliveNanos = isNever ? FOR_EVER : Math.max(nanos, KEEP_ALIVE_MIN_NANOS);
        return this;
    }

    @Override
    public GyrfalconChannelBuilder keepAliveTimeout(long timeout, TimeUnit unit) {
        Checks.isTrue(timeout > 0, "keepalive timeout must be positive: ", timeout);
        keepAliveTimeoutNanos = Math.max(unit.toNanos(timeout), KEEP_ALIVE_TIMEOUT_MIN_NANOS);
        return this;
    }

    @Override
    public GyrfalconChannelBuilder keepAliveWithoutCalls(boolean isKept) {
        isKeptAliveWithoutCalls = isKept;
        return this;
    }

    /** Of the class path, or ours; calls of a channel whose policy is not there fail. */
    @Override
    public GyrfalconChannelBuilder defaultLoadBalancingPolicy(String name) {
        if (address != null) {
            throw new IllegalStateException(
                    "directServerAddress is set ("
                            + address
                            + "), which forbids the use of load-balancing policy");
        }
        if (name == null) throw new IllegalArgumentException("policy cannot be null");
        policy = name;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder maxRetryAttempts(int attempts) {
        retriesMax = attempts;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder maxHedgedAttempts(int attempts) {
        hedgesMax = attempts;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder retryBufferSize(long bytes) {
        Checks.isTrue(bytes > 0, "retry buffer size must be positive: ", bytes);
        channelBytesMax = bytes;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder perRpcBufferLimit(long bytes) {
        Checks.isTrue(bytes > 0, "per RPC buffer limit must be positive: ", bytes);
        callBytesMax = bytes;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder disableRetry() {
        isRetrying = false;
        return this;
    }

    @Override
    public GyrfalconChannelBuilder enableRetry() {
        isRetrying = true;
        return this;
    }

    /**
     * The service config of a channel whose resolver brings none: methods, retries and balancing.
     *
     * @throws IllegalArgumentException if it is no JSON; on {@link #build} if it does not parse,
     *     with the place
     */
    @Override
    public GyrfalconChannelBuilder defaultServiceConfig(@Nullable Map<String, ?> json) {
        rawConfig = json == null ? null : ConfigJson.copy(json);
        return this;
    }

    @Override
    public GyrfalconChannelBuilder disableServiceConfigLookUp() {
        isConfigLookedUp = false;
        return this;
    }

    /**
     * The channel, which connects to nothing before its first call.
     *
     * @throws IllegalArgumentException if nobody serves its target, or its config does not parse
     */
    @Override
    public ManagedChannel build() {
        ChannelOptions options = options();
        List<ClientInterceptor> made = interceptorsOf(options.target().named());
        return WatchedChannel.of(new GyrfalconChannel(options, binaryLog, made));
    }

    private ChannelOptions options() {
        ChannelSecurity chosen = security == null ? ChannelSecurity.ofTls() : security;
        TlsClientSettings tls = chosen.tls();
        Naming naming = naming(tls == null ? PORT_PLAIN : PORT_TLS);
        Target reached =
                address == null
                        ? new TargetParser(resolvers, resolverProvider, naming.portElse())
                                .parse(target)
                        : Target.of(address);
        return new ChannelOptions(
                reached,
                authority == null ? reached.authority() : authority,
                tls,
                chosen.calls(),
                userAgent == null ? USER_AGENT : userAgent + " " + USER_AGENT,
                lane,
                offload,
                NameLookup.SYSTEM,
                new Encodings(compressors, decompressors),
                settings(),
                rawConfig == null ? null : naming.parser().parse(rawConfig),
                new RetrySettings(isRetrying, callBytesMax, channelBytesMax),
                naming,
                new ClientFilters(filters),
                tracesMax,
                idleNanos,
                children(chosen));
    }

    /** Channels for the balancing policy: by default as this one is secured. */
    private ChildChannels children(ChannelSecurity chosen) {
        ChannelCredentials own = origin == null ? new ParentCredentials() : origin;
        CallLane parentLane = lane;
        Executor parentOffload = offload;
        ProxyDetector parentProxies = proxies;
        String parentAgent = userAgent;
        return new ChildChannels() {
            @Override
            public ChannelCredentials credentials() {
                return own;
            }

            @Override
            public ManagedChannelBuilder<?> builder(String to, ChannelCredentials credentials) {
                ChannelSecurity known =
                        credentials.equals(own) ? chosen : ChannelSecurity.of(credentials);
                if (known.error() != null) return Grpc.newChannelBuilder(to, credentials);
                GyrfalconChannelBuilder child = new GyrfalconChannelBuilder(to, null, known);
                child.origin = credentials;
                child.lane = parentLane;
                child.proxies = parentProxies;
                return child.offloadExecutor(parentOffload).userAgent(parentAgent);
            }
        };
    }

    /** Stands for whatever a channel is secured by that was built without credentials. */
    private static final class ParentCredentials extends ChannelCredentials {
        @Override
        public ChannelCredentials withoutBearerTokens() {
            return this;
        }
    }

    private Naming naming(int portElse) {
        return new Naming(
                resolvers,
                proxies == null ? new SystemProxies() : proxies,
                portElse,
                authority,
                new ConfigParser(isRetrying, retriesMax, hedgesMax, policy),
                isConfigLookedUp,
                List.copyOf(resolverArgs.values()),
                new Metrics(sinks));
    }

    private ClientSettings settings() {
        ClientSettings known = ClientSettings.defaults();
        Http2Settings http2 =
                known.http2().toBuilder()
                        .keepAliveNanos(keepAliveNanos)
                        .keepAliveTimeoutNanos(keepAliveTimeoutNanos)
                        .keepAliveWithoutCalls(isKeptAliveWithoutCalls)
                        .build();
        Http2Limits limits =
                known.limits().toBuilder().headerLists(metadataBytesMax, metadataBytesMax).build();
        return new ClientSettings(http2, limits, known.socket(), messageBytesMax);
    }
}

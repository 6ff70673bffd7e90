package io.gyrfalcon.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.BinaryLog;
import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.ChoiceChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.ClientTransportFilter;
import io.grpc.CompositeChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InternalManagedChannelBuilder;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.NameResolver;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

final class GyrfalconChannelBuilderTest {
    private static final InetSocketAddress ADDRESS =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    /** Credentials that no engine knows. */
    private static final class Unknown extends ChannelCredentials {
        @Override
        public ChannelCredentials withoutBearerTokens() {
            return this;
        }
    }

    private static final class NoToken extends CallCredentials {
        @Override
        public void applyRequestMetadata(
                RequestInfo request, Executor executor, MetadataApplier to) {
            to.fail(io.grpc.Status.ABORTED);
        }
    }

    private static GyrfalconChannelBuilder builder() {
        return GyrfalconChannelBuilder.forTarget("localhost:1");
    }

    private static void endsWell(GyrfalconChannelBuilder builder) throws InterruptedException {
        ManagedChannel channel = builder.build();
        assertThat(channel.shutdown().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void everySettingReturnsTheBuilder() throws InterruptedException {
        GyrfalconChannelBuilder builder = builder();
        List<GyrfalconChannelBuilder> answers =
                List.of(
                        builder.directExecutor(),
                        builder.executor(Runnable::run),
                        builder.executor(null),
                        builder.executor(
                                com.google.common.util.concurrent.MoreExecutors.directExecutor()),
                        builder.offloadExecutor(Runnable::run),
                        builder.offloadExecutor(null),
                        builder.intercept(List.of()),
                        builder.intercept(),
                        builder.userAgent("mine"),
                        builder.userAgent(null),
                        builder.overrideAuthority("other:2"),
                        builder.useTransportSecurity(),
                        builder.usePlaintext(),
                        builder.decompressorRegistry(null),
                        builder.compressorRegistry(null),
                        builder.idleTimeout(1, TimeUnit.NANOSECONDS),
                        builder.idleTimeout(31, TimeUnit.DAYS),
                        builder.maxInboundMessageSize(0),
                        builder.maxInboundMetadataSize(1),
                        builder.keepAliveTime(1, TimeUnit.NANOSECONDS),
                        builder.keepAliveTime(2000, TimeUnit.DAYS),
                        builder.keepAliveTimeout(1, TimeUnit.NANOSECONDS),
                        builder.keepAliveWithoutCalls(true),
                        builder.defaultLoadBalancingPolicy("round_robin"),
                        builder.maxRetryAttempts(3),
                        builder.maxHedgedAttempts(3),
                        builder.retryBufferSize(1),
                        builder.perRpcBufferLimit(1),
                        builder.disableRetry(),
                        builder.enableRetry(),
                        builder.defaultServiceConfig(Map.of("unknown", "field")),
                        builder.defaultServiceConfig(null),
                        builder.disableServiceConfigLookUp(),
                        builder.setBinaryLog(null),
                        builder.addTransportFilter(new ClientTransportFilter() {}),
                        builder.maxTraceEvents(1),
                        builder.proxyDetector(null));
        assertThat(answers).allMatch(answer -> answer == builder);
        ManagedChannel channel = builder.build();
        assertThat(channel.authority()).isEqualTo("other:2");
        assertThat(channel).hasToString("GyrfalconChannel{target=localhost:1}");
        assertThat(channel.shutdownNow().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        GyrfalconChannelBuilder b = builder();
        List<Runnable> bad =
                List.of(
                        () -> b.overrideAuthority("a b"),
                        () -> b.idleTimeout(0, TimeUnit.DAYS),
                        () -> b.maxInboundMessageSize(-1),
                        () -> b.maxInboundMetadataSize(0),
                        () -> b.keepAliveTime(0, TimeUnit.DAYS),
                        () -> b.keepAliveTimeout(0, TimeUnit.DAYS),
                        () -> b.maxTraceEvents(-1),
                        () -> b.retryBufferSize(0),
                        () -> b.perRpcBufferLimit(0),
                        () -> b.defaultLoadBalancingPolicy(null),
                        () -> GyrfalconChannelBuilder.forTarget("xds:///a").build(),
                        () -> b.defaultServiceConfig(Map.of("a", 1)),
                        () -> GyrfalconChannelBuilder.forTarget("a", new Unknown()));
        for (Runnable one : bad) {
            assertThatThrownBy(one::run).isInstanceOf(IllegalArgumentException.class);
        }
        InternalManagedChannelBuilder.interceptWithTarget(b, target -> null);
        assertThatThrownBy(b::build)
                .isInstanceOf(NullPointerException.class)
                .hasMessageStartingWith("Factory returned null interceptor");
    }

    @Test
    void aServiceConfigIsReadWhenTheChannelIsBuilt() throws InterruptedException {
        Map<String, ?> hedging = Map.of("maxAttempts", 2d, "hedgingDelay", "1s");
        List<Map<String, ?>> bad =
                List.of(
                        Map.of("methodConfig", "no list"),
                        Map.of("loadBalancingConfig", List.of(Map.of("xds", Map.of()))));
        for (Map<String, ?> one : bad) {
            GyrfalconChannelBuilder builder = builder().defaultServiceConfig(one);
            assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class);
        }
        endsWell(builder().defaultServiceConfig(config("service", "s", Map.of())));
        endsWell(builder().defaultServiceConfig(config("service", "s", hedging)));
        endsWell(builder().maxHedgedAttempts(3).defaultServiceConfig(config("", "", hedging)));
        Map<String, ?> health = Map.of("serviceName", "s");
        endsWell(builder().defaultServiceConfig(Map.of("healthCheckConfig", health)));
    }

    private static Map<String, ?> config(String key, String value, Map<String, ?> hedging) {
        Map<String, ?> name = value.isEmpty() ? Map.of() : Map.of(key, value);
        Map<String, ?> method =
                hedging.isEmpty()
                        ? Map.of("name", List.of(name))
                        : Map.of("name", List.of(name), "hedgingPolicy", hedging);
        return Map.of("methodConfig", List.of(method));
    }

    @Test
    void anAddressTakesNoPolicy() throws InterruptedException {
        GyrfalconChannelBuilder builder = GyrfalconChannelBuilder.forAddress(ADDRESS);
        assertThatThrownBy(() -> builder.defaultLoadBalancingPolicy("round_robin"))
                .isInstanceOf(IllegalStateException.class);
        endsWell(builder);
        endsWell(GyrfalconChannelBuilder.forAddress("localhost", 1));
        endsWell(GyrfalconChannelBuilder.forAddress(ADDRESS, InsecureChannelCredentials.create()));
    }

    @Test
    @SuppressWarnings("deprecation") // what is tested
    void aFactoryOfResolversServesItsSchemeAlone() throws InterruptedException {
        Factory factory = new Factory();
        GyrfalconChannelBuilder builder = builder().nameResolverFactory(factory).usePlaintext();
        assertThat(builder.setNameResolverArg(Factory.KEY, "value")).isSameAs(builder);
        ManagedChannel channel = builder.build();
        assertThat(channel.authority()).isEqualTo("resolved");
        assertThat(factory.args.getArg(Factory.KEY)).isEqualTo("value");
        assertThat(factory.args.getDefaultPort()).isEqualTo(80);
        assertThat(channel.shutdown().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(factory.isShutDown).isTrue();
        endsWell(builder.nameResolverFactory(null));
        GyrfalconChannelBuilder fixed = GyrfalconChannelBuilder.forAddress(ADDRESS);
        assertThatThrownBy(() -> fixed.nameResolverFactory(factory))
                .isInstanceOf(IllegalStateException.class);
    }

    private static final class Factory extends NameResolver.Factory {
        static final NameResolver.Args.Key<String> KEY = NameResolver.Args.Key.create("key");
        NameResolver.Args args;
        volatile boolean isShutDown;

        @Override
        public NameResolver newNameResolver(URI uri, NameResolver.Args given) {
            assertThat(uri).hasToString("made:///localhost:1");
            args = given;
            return new NameResolver() {
                @Override
                public String getServiceAuthority() {
                    return "resolved";
                }

                @Override
                public void start(Listener2 listener) {
                    throw new AssertionError("started");
                }

                @Override
                public void shutdown() {
                    isShutDown = true;
                }
            };
        }

        @Override
        public String getDefaultScheme() {
            return "made";
        }
    }

    @Test
    void aBinaryLogSeesCallsBelowTheInterceptors() throws InterruptedException {
        List<String> seen = new ArrayList<>();
        GyrfalconChannelBuilder builder =
                builder().usePlaintext().setBinaryLog(new Log(seen)).intercept(new Passing(seen));
        ManagedChannel channel = builder.build();
        channel.newCall(method(), io.grpc.CallOptions.DEFAULT);
        assertThat(seen).containsExactly("interceptor", "log");
        assertThat(channel.shutdown().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    private static io.grpc.MethodDescriptor<String, String> method() {
        io.grpc.MethodDescriptor.Marshaller<String> none =
                new io.grpc.MethodDescriptor.Marshaller<>() {
                    @Override
                    public java.io.InputStream stream(String value) {
                        throw new AssertionError(value);
                    }

                    @Override
                    public String parse(java.io.InputStream stream) {
                        throw new AssertionError(stream);
                    }
                };
        return io.grpc.MethodDescriptor.newBuilder(none, none)
                .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("s/m")
                .build();
    }

    private record Passing(List<String> seen) implements ClientInterceptor {
        @Override
        public <Q, R> io.grpc.ClientCall<Q, R> interceptCall(
                io.grpc.MethodDescriptor<Q, R> method,
                io.grpc.CallOptions options,
                io.grpc.Channel next) {
            seen.add("interceptor");
            return next.newCall(method, options);
        }
    }

    private static final class Log extends BinaryLog {
        private final List<String> seen;

        Log(List<String> seen) {
            this.seen = seen;
        }

        @Override
        public <Q, R> io.grpc.ServerMethodDefinition<?, ?> wrapMethodDefinition(
                io.grpc.ServerMethodDefinition<Q, R> method) {
            throw new AssertionError(method);
        }

        @Override
        public io.grpc.Channel wrapChannel(io.grpc.Channel below) {
            ClientInterceptor noting =
                    new ClientInterceptor() {
                        @Override
                        public <Q, R> io.grpc.ClientCall<Q, R> interceptCall(
                                io.grpc.MethodDescriptor<Q, R> method,
                                io.grpc.CallOptions options,
                                io.grpc.Channel next) {
                            seen.add("log");
                            return next.newCall(method, options);
                        }
                    };
            return io.grpc.ClientInterceptors.intercept(below, noting);
        }

        @Override
        public void close() {}
    }

    @Test
    @SuppressWarnings("deprecation") // what is tested
    void aResolverThatCannotBeMadeFailsTheBuild() {
        NameResolver.Factory none =
                new NameResolver.Factory() {
                    @Override
                    public NameResolver newNameResolver(URI uri, NameResolver.Args given) {
                        return null;
                    }

                    @Override
                    public String getDefaultScheme() {
                        return "none";
                    }
                };
        GyrfalconChannelBuilder builder = builder().nameResolverFactory(none).usePlaintext();
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot create a NameResolver for none:///localhost:1");
    }

    @Test
    void aServiceConfigIsJson() {
        GyrfalconChannelBuilder builder = builder();
        List<Object> list = new ArrayList<>(List.of(1d, true, "a", Map.of()));
        list.add(null);
        assertThat(builder.defaultServiceConfig(Map.of("list", list))).isSameAs(builder);
        for (Object bad : List.of(1, 'c', List.of(2L), Map.of(3, "key"))) {
            assertThatThrownBy(() -> builder.defaultServiceConfig(Map.of("bad", bad)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aBuildThatFailsHoldsNoLoops() {
        GyrfalconChannelBuilder builder =
                GyrfalconChannelBuilder.forTarget("a b", InsecureChannelCredentials.create());
        assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void credentialsSettleTheSecurity() throws IOException, InterruptedException {
        ChannelCredentials tls =
                TlsChannelCredentials.newBuilder()
                        .keyManager(SecurityTest.pem("client.pem"), SecurityTest.pem("client.key"))
                        .trustManager(SecurityTest.pem("ca.pem"))
                        .build();
        ChannelSecurity security = ChannelSecurity.of(tls);
        assertThat(security.tls()).isNotNull();
        assertThat(security.calls()).isNull();
        assertThat(ChannelSecurity.of(TlsChannelCredentials.create()).tls()).isNotNull();
        assertThat(ChannelSecurity.of(InsecureChannelCredentials.create()))
                .isEqualTo(ChannelSecurity.PLAIN);
        GyrfalconChannelBuilder builder = GyrfalconChannelBuilder.forTarget("a", tls);
        assertThatThrownBy(builder::usePlaintext).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(builder::useTransportSecurity).isInstanceOf(IllegalStateException.class);
        endsWell(builder);
        endsWell(GyrfalconChannelBuilder.forAddress("a", 1, tls));
        endsWell(GyrfalconChannelBuilder.forTarget("a"));
    }

    @Test
    void compositesAreUnwrappedAndChoicesTaken() {
        ChannelCredentials plain = InsecureChannelCredentials.create();
        CallCredentials token = new NoToken();
        ChannelCredentials both = CompositeChannelCredentials.create(plain, token);
        assertThat(ChannelSecurity.of(both).calls()).isSameAs(token);
        ChannelCredentials all = CompositeChannelCredentials.create(both, new NoToken());
        assertThat(ChannelSecurity.of(all).calls()).isNotSameAs(token).isNotNull();
        ChannelCredentials odd = CompositeChannelCredentials.create(new Unknown(), token);
        assertThat(ChannelSecurity.of(odd).error()).startsWith("Unsupported credential type: ");
        assertThat(ChannelSecurity.of(ChoiceChannelCredentials.create(new Unknown(), plain)))
                .isEqualTo(ChannelSecurity.PLAIN);
        ChannelCredentials none = ChoiceChannelCredentials.create(new Unknown(), new Unknown());
        assertThat(ChannelSecurity.of(none).error()).contains(", ");
        ChannelCredentials future = TlsChannelCredentials.newBuilder().requireFakeFeature().build();
        assertThat(ChannelSecurity.of(future).error()).contains("FAKE");
    }

    @Test
    void agentsFindTheInterceptors() throws ReflectiveOperationException {
        Field field = GyrfalconChannelBuilder.class.getDeclaredField("interceptors");
        assertThat(field.getType()).isEqualTo(List.class);
        field.setAccessible(true);
        GyrfalconChannelBuilder builder = builder();
        ClientInterceptor none =
                new ClientInterceptor() {
                    @Override
                    public <Q, R> io.grpc.ClientCall<Q, R> interceptCall(
                            io.grpc.MethodDescriptor<Q, R> method,
                            io.grpc.CallOptions options,
                            io.grpc.Channel next) {
                        return next.newCall(method, options);
                    }
                };
        builder.intercept(none);
        assertThat(field.get(builder)).isEqualTo(List.of(none));
    }

    @Test
    void interceptorsOfATargetAreToldItWithItsScheme() throws InterruptedException {
        List<String> targets = new ArrayList<>();
        for (String target : List.of("localhost:1", "dns:///localhost:1", "unix:/a/b")) {
            GyrfalconChannelBuilder builder = GyrfalconChannelBuilder.forTarget(target);
            InternalManagedChannelBuilder.interceptWithTarget(
                    builder,
                    named -> {
                        targets.add(named);
                        return MetadataUtils.newAttachHeadersInterceptor(new Metadata());
                    });
            endsWell(builder.usePlaintext());
            targets.add("");
        }
        assertThat(targets)
                .containsExactly(
                        "dns:///localhost:1", "", "dns:///localhost:1", "", "unix:/a/b", "");
    }

    @Test
    void everyMethodIsThere() {
        List<String> inherited = new ArrayList<>();
        for (Method method : ManagedChannelBuilder.class.getDeclaredMethods()) {
            int flags = method.getModifiers();
            if (Modifier.isStatic(flags) || Modifier.isPrivate(flags) || method.isSynthetic()) {
                continue;
            }
            if (!isOverridden(method)) inherited.add(method.getName());
        }
        assertThat(inherited).isEmpty();
    }

    private static boolean isOverridden(Method method) {
        for (Method own : GyrfalconChannelBuilder.class.getDeclaredMethods()) {
            if (own.getName().equals(method.getName())
                    && Arrays.equals(own.getParameterTypes(), method.getParameterTypes())) {
                return true;
            }
        }
        return false;
    }
}

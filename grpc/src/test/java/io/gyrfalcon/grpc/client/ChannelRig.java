package io.gyrfalcon.grpc.client;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientTransportFilter;
import io.grpc.CompressorRegistry;
import io.grpc.ConnectivityState;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MetricSink;
import io.grpc.NameResolverRegistry;
import io.grpc.ProxyDetector;
import io.grpc.Status;
import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Listener;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.eventloop.fake.Weather;
import io.gyrfalcon.grpc.server.CallLane;
import io.gyrfalcon.grpc.server.Encodings;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.config.Json;
import io.gyrfalcon.traffic.config.ServiceConfig;
import io.gyrfalcon.transport.client.ClientSettings;
import io.gyrfalcon.transport.client.NameLookup;
import io.gyrfalcon.transport.fixtures.RawServer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** A channel in a simulation, against servers that a test plays. One thread. */
final class ChannelRig implements AutoCloseable, ChannelEvents {
    static final long SECOND = 1_000_000_000L;
    static final int REFUSED_STREAM = 7;
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /** A text; one that is "bad" cannot be sent or read. */
    private static final MethodDescriptor.Marshaller<String> TEXT =
            new MethodDescriptor.Marshaller<>() {
                @Override
                public InputStream stream(String value) {
                    if (value.equals("bad")) throw new IllegalStateException("bad message");
                    if (value.equals("worse")) throw new AssertionError("worse message");
                    return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
                }

                @Override
                public String parse(InputStream stream) {
                    try {
                        String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                        if (text.equals("bad")) throw new IllegalStateException("bad message");
                        return text;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };

    static final MethodDescriptor<String, String> UNARY = method(MethodDescriptor.MethodType.UNARY);
    static final MethodDescriptor<String, String> BIDI =
            method(MethodDescriptor.MethodType.BIDI_STREAMING);

    /** A call and what its listener was told. */
    static final class Heard extends ClientCall.Listener<String> {
        final List<String> lines = new ArrayList<>();
        ClientCall<String, String> call;
        Metadata headers;
        Metadata trailers;
        Status status;
        String failAt = "";

        @Override
        public void onHeaders(Metadata received) {
            headers = received;
            note("headers");
        }

        @Override
        public void onMessage(String message) {
            note("message " + message);
        }

        @Override
        public void onReady() {
            note("ready");
        }

        @Override
        public void onClose(Status said, Metadata received) {
            status = said;
            trailers = received;
            note("closed " + said.getCode());
        }

        private void note(String line) {
            lines.add(line);
            if (!failAt.isEmpty() && line.startsWith(failAt)) {
                throw new IllegalStateException("listener fails at " + line);
            }
        }
    }

    final Simulation simulation = new Simulation(1, Weather.calm());
    final Loop loop = simulation.newLoop();
    final List<RawServer> servers = new ArrayList<>();
    final List<String> states = new ArrayList<>();
    final ArrayDeque<Runnable> lookUps = new ArrayDeque<>();
    final Listener listener;
    List<InetAddress> addresses = List.of(InetAddress.getLoopbackAddress());
    CallCredentials credentials;
    CallLane lane = CallLane.DIRECT;
    long idleNanos = Long.MAX_VALUE;
    ServiceConfig config = ServiceConfig.EMPTY;
    String policy = "pick_first";
    boolean isRetrying = true;
    final NameResolverRegistry registry = new NameResolverRegistry();
    String overrideAuthority;
    final List<ClientTransportFilter> filters = new ArrayList<>();
    int tracesMax;
    List<MetricSink> sinks = List.of();
    ProxyDetector proxies = _ -> null;
    boolean isConfigLookedUp = true;
    boolean isConfigured = true;
    List<Naming.Arg<?>> resolverArgs = List.of();
    long callBytesMax = 1 << 20;
    long channelBytesMax = 16 << 20;
    boolean isTerminated;
    private Exchange exchange;
    private Calls calls;

    ChannelRig() {
        try {
            listener =
                    loop.listen(
                            ANY,
                            ListenOptions.defaults(),
                            socket -> {
                                RawServer server = new RawServer(socket);
                                servers.add(server);
                                return server;
                            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MethodDescriptor<String, String> method(MethodDescriptor.MethodType type) {
        return MethodDescriptor.newBuilder(TEXT, TEXT)
                .setType(type)
                .setFullMethodName("s.S/" + type)
                .build();
    }

    /** The channel will have this service config. */
    @SuppressWarnings("unchecked") // A JSON object is a map by texts.
    ChannelRig configured(String json) {
        TrafficLimits limits = TrafficLimits.standard();
        Map<String, ?> map = (Map<String, ?>) Json.parse(json.replace('\'', '"'), limits);
        config = ServiceConfig.parse(map, true, limits);
        return this;
    }

    /** The channel, made with what the rig's fields say by now. */
    Exchange exchange() {
        return exchange(Target.of(listener.address()));
    }

    Exchange exchange(Target target) {
        if (exchange != null) return exchange;
        ClientSettings known = ClientSettings.defaults();
        ClientSettings settings =
                new ClientSettings(
                        known.http2(),
                        known.limits().toBuilder().windowBytesMax(1 << 20).build(),
                        known.socket(),
                        1 << 16);
        exchange =
                new Exchange(
                        loop,
                        new ChannelOptions(
                                target,
                                overrideAuthority == null ? target.authority() : overrideAuthority,
                                null,
                                credentials,
                                "test",
                                lane,
                                lookUps::add,
                                lookup(),
                                new Encodings(
                                        CompressorRegistry.getDefaultInstance(),
                                        DecompressorRegistry.getDefaultInstance()),
                                settings,
                                isConfigured
                                        ? new Configuration(config, Balancing.of(config, policy))
                                        : null,
                                new RetrySettings(isRetrying, callBytesMax, channelBytesMax),
                                naming(),
                                new ClientFilters(filters),
                                tracesMax,
                                idleNanos,
                                null),
                        this);
        calls = new Calls(exchange);
        return exchange;
    }

    private Naming naming() {
        return new Naming(
                registry,
                proxies,
                443,
                overrideAuthority,
                new ConfigParser(isRetrying, 5, 5, policy),
                isConfigLookedUp,
                resolverArgs,
                new Metrics(sinks));
    }

    private NameLookup lookup() {
        return (host, port) -> {
            if (addresses.isEmpty()) throw new UnknownHostException(host);
            List<SocketAddress> found = new ArrayList<>();
            for (InetAddress address : addresses) found.add(new InetSocketAddress(address, port));
            return found;
        };
    }

    Calls calls() {
        exchange();
        return calls;
    }

    RawServer server() {
        return servers.getLast();
    }

    void settle() {
        simulation.settle();
    }

    /** Has the names looked up that somebody wants looked up. */
    void lookUp() {
        for (Runnable task = lookUps.poll(); task != null; task = lookUps.poll()) task.run();
        settle();
    }

    /** The last server takes so many streams. */
    void greet(int streams) {
        settle();
        server().hello(3, streams);
        settle();
    }

    /** A call that has started, and asked for messages. */
    Heard start(MethodDescriptor<String, String> method, CallOptions options, int messages) {
        return start(new Heard(), method, options, new Metadata(), messages);
    }

    Heard start(
            Heard heard,
            MethodDescriptor<String, String> method,
            CallOptions options,
            Metadata headers,
            int messages) {
        heard.call = calls().newCall(method, options);
        heard.call.start(heard, headers);
        if (messages > 0) heard.call.request(messages);
        return heard;
    }

    /** A unary call whose request is out, if it can be. */
    Heard unary(CallOptions options) {
        Heard heard = start(UNARY, options, 2);
        heard.call.sendMessage("hi");
        heard.call.halfClose();
        settle();
        return heard;
    }

    /** A unary call that has reached the last server. */
    Heard unary() {
        Heard heard = unary(CallOptions.DEFAULT);
        if (servers.size() == 1 && heard.lines.isEmpty()) greet(100);
        return heard;
    }

    /** The last server answers a call in full. */
    void answer(int id, String text) {
        server().head(id).message(id, text).trailers(id, "grpc-status", "0");
        settle();
    }

    /** Credentials that have somebody answer for them. */
    static CallCredentials credentials(Consumer<CallCredentials.MetadataApplier> asked) {
        return new CallCredentials() {
            @Override
            public void applyRequestMetadata(
                    RequestInfo info, Executor executor, MetadataApplier applier) {
                asked.accept(applier);
            }
        };
    }

    /** The last server refuses a stream that it has not looked at. */
    void refuse(int id) {
        server().send(new FrameBytes().rst(id, REFUSED_STREAM));
        settle();
    }

    /**
     * The last server ends a call that it has not begun to answer.
     *
     * @param more names and values of further trailers
     */
    void fail(int id, int code, String... more) {
        List<String> fields = new ArrayList<>(List.of(":status", "200"));
        fields.addAll(List.of("content-type", "application/grpc", "grpc-status", "" + code));
        fields.addAll(List.of(more));
        server().headers(id, true, fields.toArray(new String[0]));
        settle();
    }

    @Override
    public void onState(ConnectivityState state) {
        states.add(state.name());
    }

    @Override
    public void onTerminated() {
        isTerminated = true;
    }

    /** Ends everything; nothing may be left. */
    @Override
    public void close() {
        if (exchange != null) exchange.shutdownNow();
        simulation.runFor(3 * SECOND);
        if (exchange != null && !isTerminated) throw new AssertionError("not terminated");
        simulation.close();
        if (simulation.outstandingSlabs() != 0) {
            throw new AssertionError("slabs left: " + loop.slabs().describeOutstanding());
        }
    }
}

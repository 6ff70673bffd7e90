package io.gyrfalcon.grpc.server;

import io.grpc.CompressorRegistry;
import io.grpc.Context;
import io.grpc.DecompressorRegistry;
import io.grpc.HandlerRegistry;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.eventloop.LoopSettings;
import io.gyrfalcon.eventloop.fake.FakeClient;
import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.eventloop.fake.Weather;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.tls.TlsSettings;
import io.gyrfalcon.transport.fixtures.Link;
import io.gyrfalcon.transport.fixtures.RawClient;
import io.gyrfalcon.transport.server.ServerSettings;
import io.gyrfalcon.transport.server.ServerTransport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole engine in one thread: transport and calls over a fake network and clock.
 *
 * <p>Between turns the loops may be given away, so that what the test runs meanwhile is another
 * thread's to the engine: see {@link #offLoop}.
 */
final class EngineRig implements AutoCloseable {
    static final long SECOND = 1_000_000_000L;
    static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /** What a server of the rig is made of. */
    static final class Parts {
        Lane lane = Lane.DIRECT;
        ManualExecutor executor = new ManualExecutor();
        ServerCallExecutorSupplier callExecutor;
        HandlerRegistry fallback;
        final List<ServerServiceDefinition> services = new ArrayList<>();
        final List<ServerStreamTracer.Factory> tracers = new ArrayList<>();
        final List<ServerTransportFilter> filters = new ArrayList<>();
        Http2Settings http2 = Http2Settings.mesh();
        Http2Limits limits = Http2Limits.mesh();
        CallLimits calls = new CallLimits(4 << 20, 8192, 8192, 0, true, 0, 0, 0);
        Weather weather = Weather.calm();
        ConnectionWatch watch = ConnectionWatch.NONE;
        long handshakeNanos = 10 * SECOND;
        boolean isCarrying;
        Carrying carrying = Carrying.MEASURED;
        long seed = 1;
        int loops = 1;

        /** Null: plain text. */
        TlsSettings tls;
    }

    final Parts parts;
    final Simulation simulation;
    final Loop loop;
    final LoopGroup group;
    final ServerTransport server;
    final Calls calls;
    final List<Peer> peers = new ArrayList<>();
    FakeClient wire;

    EngineRig(Parts parts) {
        this.parts = parts;
        simulation = new Simulation(parts.seed, parts.weather);
        Loop[] loops = new Loop[parts.loops];
        for (int i = 0; i < loops.length; i++) {
            loops[i] = simulation.newLoop(LoopSettings.defaults(), parts.isCarrying);
        }
        loop = loops[0];
        group = LoopGroup.manual(loops);
        calls = new Calls(options(parts), Context.ROOT, new Open(parts.watch));
        ServerSettings settings =
                new ServerSettings(
                        parts.http2, parts.limits, ListenOptions.defaults(), 4 << 20, 10 * SECOND);
        try {
            server = ServerTransport.start(group, List.of(ANY), settings, parts.tls, calls);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        simulation.settle();
    }

    /** Keeps {@link #peers}, and tells the test's own watch. */
    private final class Open implements ConnectionWatch {
        private final ConnectionWatch watch;

        Open(ConnectionWatch watch) {
            this.watch = watch;
        }

        @Override
        public Object onOpened(ConnectionView connection) {
            Object token = watch.onOpened(connection);
            peers.add((Peer) connection);
            return new Token((Peer) connection, token);
        }

        @Override
        public void onClosed(Object token) {
            Token known = (Token) token;
            peers.remove(known.peer);
            if (known.inner != null) watch.onClosed(known.inner);
        }
    }

    private record Token(Peer peer, Object inner) {}

    static ServerOptions options(Parts parts) {
        boolean isWatched = !parts.tracers.isEmpty() || parts.callExecutor != null;
        return new ServerOptions(
                List.of(ANY),
                null,
                parts.lane,
                parts.lane == Lane.EXECUTOR ? parts.executor : null,
                parts.callExecutor,
                methods(parts, isWatched),
                new Tracers(parts.tracers),
                new Encodings(
                        CompressorRegistry.getDefaultInstance(),
                        DecompressorRegistry.getDefaultInstance()),
                parts.filters,
                List.of(),
                parts.calls,
                new Liveness(
                        parts.handshakeNanos,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        0,
                        true,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE),
                LoopChoice.shared().withCount(1),
                ListenOptions.defaults(),
                Profile.MESH);
    }

    private static MethodTable methods(Parts parts, boolean isWatched) {
        MethodTable methods =
                new MethodTable(parts.services, List.of(), null, isWatched, parts.fallback);
        for (ServerServiceDefinition service : parts.services) {
            for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
                String name = method.getMethodDescriptor().getFullMethodName();
                methods.carrying(name, parts.carrying);
            }
        }
        return methods;
    }

    FakeClient connect() {
        try {
            return simulation.network().connect(server.addresses().getFirst());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client that has shaken hands. */
    RawClient client(int... settings) {
        wire = connect();
        RawClient client = new RawClient(Link.plain(wire)).hello(settings).flush();
        simulation.settle();
        client.lines();
        return client;
    }

    /** Runs something as a thread that is not the loop's. Between turns. */
    void offLoop(Runnable action) {
        simulation.offLoops(action);
    }

    /** Lets everything happen, tasks of the executor included. */
    void settle() {
        simulation.settle();
        while (!parts.executor.isEmpty()) {
            offLoop(parts.executor::runOne);
            simulation.settle();
        }
    }

    /** Sends what the client has gathered, and lets it happen. */
    void go(RawClient client) {
        client.flush();
        settle();
    }

    /** Lives through so much time. */
    void runFor(long nanos) {
        simulation.runFor(nanos);
        settle();
    }

    /** Ends the server and the loop; nothing may be left. */
    @Override
    public void close() {
        server.stopListening();
        server.closeNow("the test is over");
        settle();
        runFor(3 * SECOND);
        boolean[] isTerminated = new boolean[1];
        server.onTerminated(() -> isTerminated[0] = true);
        String slabs = loop.slabs().describeOutstanding();
        long left = simulation.outstandingSlabs();
        simulation.close();
        if (!isTerminated[0]) throw new AssertionError("not terminated");
        // Each loop's own receive buffer is taken until it ends.
        if (left > parts.loops) throw new AssertionError("slabs left: " + slabs);
        if (simulation.outstandingSlabs() != 0) throw new AssertionError("slabs left at the end");
    }
}

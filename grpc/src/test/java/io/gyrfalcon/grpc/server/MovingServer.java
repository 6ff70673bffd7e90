package io.gyrfalcon.grpc.server;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.eventloop.LoopSettings;
import io.gyrfalcon.eventloop.PollerKind;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.transport.fixtures.SocketClient;
import io.gyrfalcon.transport.server.ServerSettings;
import io.gyrfalcon.transport.server.ServerTransport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A server on two real loops whose connections a test can place: {@code echo} answers what it was
 * asked, {@code count} with so many numbers from another thread, {@code burn} after so many
 * microseconds of work.
 */
final class MovingServer implements AutoCloseable {
    final LoopGroup group;
    final Set<Peer> peers = ConcurrentHashMap.newKeySet();
    private final Budget budget = new Budget(512L << 20);
    private final ExecutorService elsewhere = Executors.newSingleThreadExecutor();
    private final ServerTransport server;

    MovingServer(PollerKind poller, Lane lane) throws IOException {
        group = LoopGroup.start(LoopSettings.defaults().withPoller(poller).withLoops(2), budget);
        EngineRig.Parts parts = new EngineRig.Parts();
        parts.lane = lane;
        parts.services.add(service());
        Calls calls = new Calls(EngineRig.options(parts), Context.ROOT, new Open());
        ServerSettings settings =
                new ServerSettings(
                        Http2Settings.mesh(),
                        Http2Limits.mesh(),
                        ListenOptions.defaults(),
                        4 << 20,
                        TimeUnit.SECONDS.toNanos(10));
        server = ServerTransport.start(group, List.of(EngineRig.ANY), settings, null, calls);
    }

    /** Keeps {@link #peers}. */
    private final class Open implements ConnectionWatch {
        @Override
        public Object onOpened(ConnectionView connection) {
            peers.add((Peer) connection);
            return connection;
        }

        @Override
        public void onClosed(Object token) {
            peers.remove((Peer) token);
        }
    }

    private ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("m.S")
                .addMethod(method("echo", MethodType.BIDI_STREAMING, echo()))
                .addMethod(method("count", MethodType.SERVER_STREAMING, count()))
                .addMethod(method("burn", MethodType.UNARY, burn()))
                .build();
    }

    private static ServerMethodDefinition<String, String> method(
            String name, MethodType type, ServerCallHandler<String, String> handler) {
        return ServerMethodDefinition.create(Methods.method("m.S/" + name, type), handler);
    }

    private static ServerCallHandler<String, String> echo() {
        return (call, headers) -> {
            call.sendHeaders(new Metadata());
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(String message) {
                    call.sendMessage(message);
                    call.request(1);
                }

                @Override
                public void onHalfClose() {
                    call.close(Status.OK, new Metadata());
                }
            };
        };
    }

    private ServerCallHandler<String, String> count() {
        return onlyMessage(
                (call, message) ->
                        elsewhere.execute(
                                () -> {
                                    int count = Integer.parseInt(message);
                                    for (int i = 0; i < count; i++) call.sendMessage("" + i);
                                    call.close(Status.OK, new Metadata());
                                }));
    }

    private static ServerCallHandler<String, String> burn() {
        return onlyMessage(
                (call, message) -> {
                    long end = System.nanoTime() + 1000 * Long.parseLong(message);
                    while (System.nanoTime() < end) Thread.onSpinWait();
                    call.sendMessage(message);
                    call.close(Status.OK, new Metadata());
                });
    }

    private interface Answer {
        void give(ServerCall<String, String> call, String message);
    }

    private static ServerCallHandler<String, String> onlyMessage(Answer answer) {
        return (call, headers) -> {
            call.request(2);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(String message) {
                    call.sendHeaders(new Metadata());
                    answer.give(call, message);
                }
            };
        };
    }

    int port() {
        return ((InetSocketAddress) server.addresses().getFirst()).getPort();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    SocketClient client() throws IOException {
        return new SocketClient(connect());
    }

    /** Asks a connection to go, where it is quiet by the time it hears of it. */
    void send(Peer peer, Loop target) {
        peer.loop()
                .post(
                        on -> {
                            if (peer.isOn(on)) peer.connection().moveTo(target);
                        });
    }

    /** Places all connections on the first loop. */
    void placeAllOnTheFirst() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Loop first = group.loop(0);
        while (first.connections() < peers.size()) {
            if (System.nanoTime() > end) throw new AssertionError("connections do not go");
            for (Peer peer : peers) if (peer.loop() != first) send(peer, first);
            Thread.sleep(10);
        }
    }

    long given() {
        return group.moves();
    }

    @Override
    public void close() {
        server.stopListening();
        server.closeNow("the test is over");
        group.close();
        elsewhere.shutdown();
        if (server.connectionCount() != 0) throw new AssertionError("connections left");
        awaitMemory();
    }

    /** Runners outlive their loop by the callback that they are in, and give back what it held. */
    private void awaitMemory() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (budget.usedBytes() != 0) {
            if (System.nanoTime() > end) throw new AssertionError("memory left");
            Thread.onSpinWait();
        }
    }
}

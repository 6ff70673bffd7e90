package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.eventloop.LoopSettings;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.transport.fixtures.Link;
import io.gyrfalcon.transport.fixtures.RawClient;
import io.gyrfalcon.transport.server.ServerSettings;
import io.gyrfalcon.transport.server.ServerTransport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Parcels between real threads: user code fills and posts them, a loop of its own thread delivers
 * them, the peer ends calls meanwhile.
 */
final class AnswersOffLoopTest {
    private static final int SECONDS = 60;
    private static final int WIDE_WINDOW = 1 << 30;

    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final Budget budget = new Budget(256L << 20);
    private final LoopGroup group = LoopGroup.start(LoopSettings.defaults().withLoops(1), budget);
    private final ExecutorService users = Executors.newCachedThreadPool();
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private ServerTransport server;

    /** What one call's user code does, on a thread of the user's. */
    private interface Script {
        void play(ServerCall<String, String> call) throws InterruptedException;
    }

    private void serve(Script script, Runnable onReady) throws IOException {
        System.out.println("answers off the loop, seed " + seed);
        EngineRig.Parts parts = new EngineRig.Parts();
        parts.lane = Lane.RUNNER;
        parts.services.add(
                ServerServiceDefinition.builder("a.B")
                        .addMethod(
                                Methods.method("a.B/S", MethodType.BIDI_STREAMING),
                                (call, headers) -> {
                                    begun.incrementAndGet();
                                    users.execute(() -> play(script, call));
                                    return new Ending(onReady);
                                })
                        .build());
        Calls calls = new Calls(EngineRig.options(parts), Context.ROOT, ConnectionWatch.NONE);
        ServerSettings settings =
                new ServerSettings(
                        Http2Settings.mesh(),
                        Http2Limits.mesh(),
                        ListenOptions.defaults(),
                        4 << 20,
                        10 * EngineRig.SECOND);
        server = ServerTransport.start(group, List.of(EngineRig.ANY), settings, null, calls);
    }

    private static void play(Script script, ServerCall<String, String> call) {
        try {
            script.play(call);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Counts ends. */
    private final class Ending extends ServerCall.Listener<String> {
        private final Runnable onReady;

        Ending(Runnable onReady) {
            this.onReady = onReady;
        }

        @Override
        public void onReady() {
            onReady.run();
        }

        @Override
        public void onComplete() {
            ended.incrementAndGet();
        }

        @Override
        public void onCancel() {
            ended.incrementAndGet();
        }
    }

    /** A client on a real socket. */
    private record Wire(Socket socket) implements Link {
        @Override
        public void write(byte[] bytes) {
            try {
                socket.getOutputStream().write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public byte[] read() {
            try {
                byte[] bytes = new byte[64 << 10];
                int n = socket.getInputStream().available() == 0 ? 0 : readSome(bytes);
                return java.util.Arrays.copyOf(bytes, n);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private int readSome(byte[] bytes) throws IOException {
            return Math.max(0, socket.getInputStream().read(bytes));
        }
    }

    private Socket connect() throws IOException {
        InetSocketAddress address = (InetSocketAddress) server.addresses().getFirst();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static RawClient client(Socket socket) {
        RawClient client = new RawClient(new Wire(socket)).hello(4, WIDE_WINDOW);
        client.out().windowUpdate(0, WIDE_WINDOW);
        return client;
    }

    private static void awaitLine(RawClient client, List<String> lines, String last)
            throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (lines.stream().noneMatch(line -> line.startsWith(last))) {
            assertThat(System.nanoTime() - end).as("no %s in %s", last, lines).isNegative();
            lines.addAll(client.lines());
            Thread.sleep(1);
        }
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (server.connectionCount() > 0 && System.nanoTime() - end < 0) Thread.sleep(5);
        assertThat(server.connectionCount()).isZero();
        server.stopListening();
        server.closeNow("the test is over");
        CountDownLatch terminated = new CountDownLatch(1);
        server.onTerminated(terminated::countDown);
        assertThat(terminated.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        while (ended.get() < begun.get() && System.nanoTime() - end < 0) Thread.sleep(5);
        assertThat(ended).as("calls ended, seed %d", seed).hasValue(begun.get());
        users.shutdown();
        assertThat(users.awaitTermination(SECONDS, TimeUnit.SECONDS)).isTrue();
        group.close();
        assertThat(budget.usedBytes()).as("slabs left, seed %d", seed).isZero();
    }

    @Test
    void whatIsSentElsewhereArrivesOnceAndInOrder() throws Exception {
        int messages = 2_000;
        serve(
                call -> {
                    call.sendHeaders(new Metadata());
                    for (int i = 0; i < messages; i++) call.sendMessage("m" + i);
                    call.close(Status.OK, new Metadata());
                },
                () -> {});
        try (Socket socket = connect()) {
            RawClient client = client(socket).request(1, "/a.B/S", true).flush();
            List<String> lines = new ArrayList<>();
            awaitLine(client, lines, "HEADERS 1 grpc-status: 0");
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            for (int i = 0; i < messages; i++) {
                expected.writeBytes(RawClient.prefixed(("m" + i).getBytes(ISO_8859_1)));
            }
            assertThat(client.data()).isEqualTo(expected.toByteArray());
        }
    }

    @Test
    void answersThatRaceWithTheEndOfTheirCallAreGivenBack() throws Exception {
        int rounds = 60;
        int streams = 10;
        serve(
                call -> {
                    call.sendHeaders(new Metadata());
                    for (int i = 0; i < 6; i++) call.sendMessage("x".repeat(1 + i * 3_000));
                    call.close(Status.OK, new Metadata());
                },
                () -> {});
        for (int round = 0; round < rounds; round++) {
            try (Socket socket = connect()) {
                RawClient client = client(socket);
                for (int i = 0; i < streams; i++) client.request(2 * i + 1, "/a.B/S", false);
                client.flush();
                for (int spins = random.nextInt(20_000); spins > 0; spins--) Thread.onSpinWait();
                for (int i = 0; i < streams; i++) {
                    if (random.nextBoolean()) client.out().rst(2 * i + 1, 8);
                }
                client.flush();
                if (random.nextBoolean()) socket.setSoLinger(true, 0);
            }
        }
        assertThat(begun.get()).as("calls begun").isPositive();
    }

    @Test
    void whoeverWasToldNotReadyIsToldWhenItIs() throws Exception {
        int messages = 3_000;
        Object monitor = new Object();
        serve(
                call -> {
                    call.sendHeaders(new Metadata());
                    String text = "x".repeat(1_000 + random.nextInt(3_000));
                    for (int i = 0; i < messages; i++) {
                        synchronized (monitor) {
                            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
                            while (!call.isReady()) {
                                monitor.wait(1_000 * SECONDS);
                                assertThat(System.nanoTime() - end).isNegative();
                            }
                        }
                        call.sendMessage(text);
                    }
                    call.close(Status.OK, new Metadata());
                },
                () -> {
                    synchronized (monitor) {
                        monitor.notifyAll();
                    }
                });
        try (Socket socket = connect()) {
            RawClient client = client(socket).request(1, "/a.B/S", true).flush();
            awaitLine(client, new ArrayList<>(), "HEADERS 1 grpc-status: 0");
        }
    }
}

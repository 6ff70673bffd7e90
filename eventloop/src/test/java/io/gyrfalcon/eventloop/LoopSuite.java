package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.primitives.time.Timer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Loops on threads of their own, over real sockets; one subclass per poller and idle policy. */
abstract class LoopSuite {
    private final LoopSettings settings;
    private final LinkedBlockingQueue<Recorder> accepted = new LinkedBlockingQueue<>();
    private TestGroup test;

    LoopSuite(PollerKind kind, IdlePolicy idle) {
        settings = LoopSettings.defaults().withLoops(2).withPoller(kind).withIdle(idle);
    }

    @BeforeEach
    void start() {
        test = new TestGroup(settings);
    }

    @AfterEach
    void end() {
        test.close();
    }

    private Listener serve(Function<LoopSocket, Recorder> handlers) throws IOException {
        return test.listen(
                socket -> {
                    Recorder handler = handlers.apply(socket);
                    accepted.add(handler);
                    return handler;
                });
    }

    private Recorder accepted() throws InterruptedException {
        Recorder handler = accepted.poll(10, TimeUnit.SECONDS);
        assertThat(handler).isNotNull();
        return handler;
    }

    private static void awaitClosed(Recorder handler) throws InterruptedException {
        assertThat(handler.closed.await(10, TimeUnit.SECONDS)).isTrue();
        Thread.sleep(1);
        assertThat(handler.closes).isEqualTo(1);
    }

    @Test
    void aLetterPostedAsOtherRunnersFinishWakesTheLoop() throws Exception {
        Loop loop = test.group.loop(0);
        for (int i = 0; i < 5000; i++) {
            CountDownLatch read = new CountDownLatch(1);
            loop.post(on -> on.runners().submit(() -> {}));
            assertThat(loop.postFromRunner(_ -> read.countDown())).isTrue();
            assertThat(read.await(5, TimeUnit.SECONDS)).as("letter %d", i).isTrue();
        }
    }

    @Test
    void whatIsSentComesBack() throws Exception {
        Listener listener = serve(Echo::new);
        for (int size : new int[] {0, 1, 1000, 64 * 1024, 3_000_000}) {
            byte[] sent = new byte[size];
            new Random(size).nextBytes(sent);
            try (Socket client = TestGroup.connect(listener)) {
                Thread writer =
                        new Thread(
                                () -> {
                                    try {
                                        client.getOutputStream().write(sent);
                                        client.shutdownOutput();
                                    } catch (IOException e) {
                                        throw new AssertionError(e);
                                    }
                                });
                writer.start();
                assertThat(client.getInputStream().readAllBytes()).isEqualTo(sent);
                writer.join();
            }
            Recorder handler = accepted();
            awaitClosed(handler);
            assertThat(handler.cause).isNull();
            assertThat(handler.inputEnds).isEqualTo(1);
        }
    }

    @Test
    void aLoopConnectsAndHearsItsEcho() throws Exception {
        Listener listener = serve(Echo::new);
        byte[] sent = new byte[1_000_000];
        new Random(1).nextBytes(sent);
        Dialer dialer = new Dialer(sent);
        TestGroup.on(
                test.group.loop(0),
                loop -> dialer.connect(loop, listener.address(), SocketOptions.defaults()));
        assertThat(dialer.closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(dialer.bytes()).isEqualTo(sent);
        assertThat(dialer.connects).isEqualTo(1);
        assertThat(dialer.cause).isNull();
        awaitClosed(accepted());
    }

    @Test
    void connectionsGoToTheLoopThatHasFewest() throws Exception {
        Listener listener = serve(Echo::new);
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            clients.add(TestGroup.connect(listener));
            accepted();
        }
        assertThat(test.group.loop(0).connections()).isEqualTo(3);
        assertThat(test.group.loop(1).connections()).isEqualTo(3);
        assertThat(test.group.leastLoaded().index()).isZero();
        for (Socket client : clients) client.close();
        TestGroup.await(() -> test.group.loop(0).connections() == 0);
        TestGroup.await(() -> test.group.loop(1).connections() == 0);
    }

    @Test
    void aResetClosesWithACauseAndDoesNotSpin() throws Exception {
        Listener listener = serve(Echo::new);
        Socket client = TestGroup.connect(listener);
        client.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(1);
        client.setSoLinger(true, 0);
        client.close();
        Recorder handler = accepted();
        awaitClosed(handler);
        assertThat(handler.cause).hasMessageContaining("reset");
        staysQuiet();
    }

    /** Turns of all loops hardly grow, once what was under way is done: who spins never rests. */
    private void staysQuiet() throws InterruptedException {
        long grown = Long.MAX_VALUE;
        for (int i = 0; i < 50 && grown > 4; i++) {
            long before = turns();
            Thread.sleep(60);
            grown = turns() - before;
        }
        assertThat(grown).isLessThanOrEqualTo(4);
    }

    private long turns() {
        return test.group.loop(0).turns() + test.group.loop(1).turns();
    }

    @Test
    void aHalfClosedConnectionDoesNotSpinAndCanStillSend() throws Exception {
        Listener listener = serve(Recorder::new);
        try (Socket client = TestGroup.connect(listener)) {
            Recorder handler = accepted();
            client.shutdownOutput();
            TestGroup.await(() -> handler.inputEnds == 1);
            staysQuiet();
            TestGroup.on(
                    handler.socket.loop(),
                    _ -> {
                        handler.socket.outbox().append(new byte[] {1, 2, 3}, 0, 3);
                        handler.socket.flush();
                        handler.socket.shutdownOutput();
                        return null;
                    });
            assertThat(client.getInputStream().readAllBytes()).containsExactly(1, 2, 3);
            awaitClosed(handler);
            assertThat(handler.cause).isNull();
        }
    }

    @Test
    void aConnectionThatHangsUpWhileReadingPausesDoesNotSpin() throws Exception {
        Listener listener =
                serve(
                        socket -> {
                            socket.pauseReading();
                            return new Recorder(socket);
                        });
        Socket client = TestGroup.connect(listener);
        Recorder handler = accepted();
        client.getOutputStream().write(new byte[100]);
        client.close();
        staysQuiet();
        assertThat(handler.receives).isZero();
        TestGroup.on(
                handler.socket.loop(),
                _ -> {
                    handler.socket.resumeReading();
                    handler.socket.resumeReading();
                    return null;
                });
        TestGroup.await(() -> handler.inputEnds == 1);
        assertThat(handler.bytes()).hasSize(100);
        assertThat(handler.batches).isPositive();
    }

    @Test
    void aSlowReaderGetsEverythingAndTheHandlerHearsOfTheEmptyOutbox() throws Exception {
        byte[] all = new byte[20 << 20];
        new Random(3).nextBytes(all);
        Listener listener = serve(Recorder::new);
        try (Socket client = TestGroup.connect(listener)) {
            Recorder handler = accepted();
            boolean blocked =
                    TestGroup.on(
                            handler.socket.loop(),
                            _ -> {
                                handler.socket.outbox().append(all, 0, all.length);
                                handler.socket.flush();
                                handler.socket.flush();
                                return handler.socket.isBlocked();
                            });
            assertThat(blocked).isTrue();
            assertThat(handler.drains).isZero();
            assertThat(client.getInputStream().readNBytes(all.length)).isEqualTo(all);
            TestGroup.await(() -> handler.drains == 1);
        }
        TestGroup.await(() -> accepted.isEmpty());
    }

    @Test
    void aPeerThatVanishesWhileItShouldReadClosesTheConnection() throws Exception {
        Listener listener = serve(Recorder::new);
        Socket client = TestGroup.connect(listener);
        Recorder handler = accepted();
        TestGroup.on(
                handler.socket.loop(),
                _ -> {
                    handler.socket.outbox().append(new byte[20 << 20], 0, 20 << 20);
                    handler.socket.flush();
                    return null;
                });
        client.close();
        awaitClosed(handler);
        assertThat(handler.cause).isNotNull();
        long unsent = TestGroup.on(handler.socket.loop(), _ -> handler.socket.unsentBytes());
        assertThat(unsent).isZero();
    }

    @Test
    void oneGreedyConnectionLeavesTurnsToTheOthers() throws Exception {
        AtomicInteger most = new AtomicInteger();
        Listener listener =
                serve(
                        socket ->
                                new Recorder(socket) {
                                    private int inBatch;

                                    @Override
                                    public void onReceived(MemorySegment segment, int length) {
                                        inBatch += length;
                                    }

                                    @Override
                                    public void onBatchEnd() {
                                        most.accumulateAndGet(inBatch, Math::max);
                                        inBatch = 0;
                                        super.onBatchEnd();
                                    }
                                });
        try (Socket client = TestGroup.connect(listener)) {
            OutputStream out = client.getOutputStream();
            byte[] block = new byte[1 << 20];
            for (int i = 0; i < 16; i++) out.write(block);
        }
        Recorder handler = accepted();
        TestGroup.await(() -> handler.inputEnds == 1);
        assertThat(most.get()).isLessThanOrEqualTo(5 * 64 * 1024).isPositive();
    }

    @Test
    void aFailingHandlerClosesItsConnectionOnly() throws Exception {
        List<Throwable> failures =
                List.of(
                        new IllegalStateException("on purpose"),
                        new StackOverflowError("on purpose"),
                        new NoClassDefFoundError("on purpose"),
                        new OutOfMemoryError("on purpose"));
        for (Throwable failure : failures) {
            Listener listener =
                    serve(
                            socket ->
                                    new Recorder(socket) {
                                        @Override
                                        public void onReceived(MemorySegment bytes, int length) {
                                            sneak(failure);
                                        }
                                    });
            try (Socket client = TestGroup.connect(listener)) {
                Recorder handler = accepted();
                client.getOutputStream().write(1);
                awaitClosed(handler);
                assertThat(handler.cause).hasCause(failure);
            }
            listener.close();
        }
        whatIsSentComesBack();
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable failure) throws T {
        throw (T) failure;
    }

    @Test
    void anAcceptorThatFailsRefusesThatConnectionOnly() throws Exception {
        AtomicInteger count = new AtomicInteger();
        Listener listener =
                test.listen(
                        socket -> {
                            if (count.getAndIncrement() == 0) {
                                throw new IllegalStateException("on purpose");
                            }
                            return new Echo(socket);
                        });
        try (Socket client = TestGroup.connect(listener)) {
            assertThat(client.getInputStream().read()).isNegative();
        }
        try (Socket client = TestGroup.connect(listener)) {
            client.getOutputStream().write(5);
            assertThat(client.getInputStream().read()).isEqualTo(5);
        }
    }

    @Test
    void aHandlerMayCloseWithinItsCalls() throws Exception {
        Listener listener =
                serve(
                        socket -> {
                            socket.outbox().append(new byte[] {42}, 0, 1);
                            socket.flush();
                            return new Recorder(socket) {
                                @Override
                                public void onReceived(MemorySegment bytes, int length) {
                                    super.onReceived(bytes, length);
                                    socket.close();
                                    socket.close();
                                    socket.outbox().append(new byte[10], 0, 10);
                                    socket.flush();
                                    socket.shutdownOutput();
                                    socket.closeAfterFlush();
                                    assertThat(closes).isZero();
                                }
                            };
                        });
        try (Socket client = TestGroup.connect(listener)) {
            assertThat(client.getInputStream().read()).isEqualTo(42);
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isNegative();
        }
        Recorder handler = accepted();
        awaitClosed(handler);
        assertThat(handler.batches).isZero();
        assertThat(handler.cause).isNull();
        assertThat(handler.socket.isClosed()).isTrue();
    }

    @Test
    void theLastBytesReachAPeerThatIsStillSending() throws Exception {
        byte[] farewell = new byte[200_000];
        new Random(9).nextBytes(farewell);
        Listener listener =
                serve(
                        socket ->
                                new Recorder(socket) {
                                    @Override
                                    public void onBatchEnd() {
                                        socket.outbox().append(farewell, 0, farewell.length);
                                        socket.closeAfterFlush();
                                    }
                                });
        try (Socket client = TestGroup.connect(listener)) {
            Thread writer =
                    new Thread(
                            () -> {
                                try {
                                    for (int i = 0; i < 500; i++) {
                                        client.getOutputStream().write(new byte[4096]);
                                    }
                                    client.shutdownOutput();
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                            });
            writer.start();
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(farewell);
            writer.join();
        }
        Recorder handler = accepted();
        awaitClosed(handler);
        assertThat(handler.cause).isNull();
        assertThat(handler.inputEnds).isZero();
    }

    @Test
    void lettersOfManyThreadsArriveInTheOrderOfEach() throws Exception {
        Loop loop = test.group.loop(0);
        int threads = 4;
        int letters = 20_000;
        int[] next = new int[threads];
        AtomicInteger disorder = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(threads * letters);
        for (int t = 0; t < threads; t++) {
            int self = t;
            new Thread(
                            () -> {
                                for (int i = 0; i < letters; i++) {
                                    int number = i;
                                    loop.post(
                                            l -> {
                                                if (!l.inLoop() || next[self]++ != number) {
                                                    disorder.incrementAndGet();
                                                }
                                                all.countDown();
                                            });
                                }
                            })
                    .start();
        }
        assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(disorder).hasValue(0);
        assertThat(loop.inLoop()).isFalse();
    }

    @Test
    void whatFailsOnALoopDoesNotEndIt() {
        Loop loop = test.group.loop(1);
        loop.post(
                l -> {
                    l.atTurnEnd(
                            _ -> {
                                throw new IllegalStateException("on purpose");
                            });
                    l.timers()
                            .schedule(
                                    new Timer() {
                                        @Override
                                        protected void onTimer(long nowNanos) {
                                            throw new IllegalStateException("on purpose");
                                        }
                                    },
                                    l.nowNanos());
                    throw new StackOverflowError("on purpose");
                });
        int index = TestGroup.on(loop, Loop::index);
        assertThat(index).isEqualTo(1);
    }

    @Test
    void timersFireInTimeAndNotEarly() throws Exception {
        Loop loop = test.group.loop(0);
        LinkedBlockingQueue<Long> late = new LinkedBlockingQueue<>();
        for (long millis : new long[] {0, 1, 5, 30, 80}) {
            TestGroup.on(
                    loop,
                    l -> {
                        long due = l.nowNanos() + TimeUnit.MILLISECONDS.toNanos(millis);
                        l.timers()
                                .schedule(
                                        new Timer() {
                                            @Override
                                            protected void onTimer(long nowNanos) {
                                                late.add(nowNanos - due);
                                            }
                                        },
                                        due);
                        return null;
                    });
        }
        for (int i = 0; i < 5; i++) {
            Long nanos = late.poll(10, TimeUnit.SECONDS);
            assertThat(nanos).isNotNull().isNotNegative().isLessThan(5_000_000_000L);
        }
        staysQuiet();
    }

    @Test
    void runnersServeTasksOfALoop() throws Exception {
        Loop loop = test.group.loop(0);
        CountDownLatch done = new CountDownLatch(1000);
        AtomicInteger onLoop = new AtomicInteger();
        TestGroup.on(
                loop,
                l -> {
                    for (int i = 0; i < 1000; i++) {
                        l.runners()
                                .submit(
                                        () -> {
                                            if (l.inLoop()) onLoop.incrementAndGet();
                                            l.post(_ -> done.countDown());
                                        });
                    }
                    return null;
                });
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(onLoop).hasValue(0);
    }

    @Test
    void aClosedListenerHasReleasedItsAddressAndItsConnectionsLiveOn() throws Exception {
        Listener listener = serve(Echo::new);
        Socket client = TestGroup.connect(listener);
        accepted();
        listener.close();
        listener.close();
        Listener again = test.group.listen(listener.address(), ListenOptions.defaults(), Echo::new);
        assertThat(again.address()).isEqualTo(listener.address());
        client.getOutputStream().write(6);
        assertThat(client.getInputStream().read()).isEqualTo(6);
        TestGroup.on(
                test.group.loop(0),
                _ -> {
                    again.close();
                    return null;
                });
        test.group.listen(listener.address(), ListenOptions.defaults(), Echo::new).close();
        client.close();
    }

    @Test
    void aListenerThatIsClosedBeforeItWasWatchedHasReleasedItsAddress() throws Exception {
        Listener first = serve(Echo::new);
        first.close();
        for (int i = 0; i < 1000; i++) {
            test.group.listen(first.address(), ListenOptions.defaults(), Echo::new).close();
        }
    }

    @Test
    void theEndOfTheGroupClosesWhatIsOpen() throws Exception {
        Listener listener = serve(Echo::new);
        Socket client = TestGroup.connect(listener);
        Recorder handler = accepted();
        TestGroup.on(
                handler.socket.loop(),
                _ -> {
                    handler.socket.outbox().append(new byte[20 << 20], 0, 20 << 20);
                    handler.socket.flush();
                    return null;
                });
        test.group.close();
        assertThat(handler.closed.getCount()).isZero();
        assertThat(handler.cause).hasMessageContaining("ended");
        client.close();
    }

    @Test
    void aGroupMayBeClosedByOneOfItsLoops() {
        test.group.loop(0).post(_ -> test.group.close());
        TestGroup.await(() -> test.group.loop(0).isEnded() && test.group.loop(1).isEnded());
        TestGroup.await(
                () ->
                        Thread.getAllStackTraces().keySet().stream()
                                .noneMatch(t -> t.getName().startsWith("gyrfalcon-loop")));
    }

    @Test
    void listeningOnAnEndedGroupLeavesNothingBehind() throws Exception {
        test.group.close();
        try {
            Listener listener =
                    test.group.listen(
                            new InetSocketAddress("127.0.0.1", 0),
                            ListenOptions.defaults(),
                            Echo::new);
            listener.close();
        } catch (IOException refused) {
            assertThat(refused).hasMessageContaining("ended");
        }
    }
}

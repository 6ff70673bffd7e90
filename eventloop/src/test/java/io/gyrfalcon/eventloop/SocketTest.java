package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.fake.FakeClient;
import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.eventloop.fake.Weather;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** One socket's ways, on a clock that the test moves. */
class SocketTest {
    private static final long SECOND = 1_000_000_000L;
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final List<Recorder> handlers = new ArrayList<>();
    private Simulation simulation = new Simulation(1, Weather.calm());
    private Loop loop = simulation.newLoop();
    private Listener listener;

    @AfterEach
    void end() {
        simulation.close();
        assertThat(simulation.outstandingSlabs()).isZero();
        assertThat(loop.connections()).isZero();
        for (Recorder handler : handlers) assertThat(handler.closes).isEqualTo(1);
    }

    private FakeClient connect(Function<LoopSocket, Recorder> kind) throws IOException {
        if (listener == null) {
            listener =
                    loop.listen(
                            ANY,
                            ListenOptions.defaults(),
                            socket -> {
                                Recorder handler = kind.apply(socket);
                                handlers.add(handler);
                                return handler;
                            });
        }
        FakeClient client = simulation.network().connect(listener.address());
        simulation.settle();
        return client;
    }

    private Recorder handler() {
        return handlers.get(0);
    }

    private void send(int bytes) {
        LoopSocket socket = handler().socket;
        socket.outbox().append(new byte[bytes], 0, bytes);
        socket.flush();
    }

    @Test
    void aPauseWithinABatchTakesEffectAtOnce() throws IOException {
        FakeClient client =
                connect(
                        socket ->
                                new Recorder(socket) {
                                    @Override
                                    public void onReceived(MemorySegment bytes, int length) {
                                        super.onReceived(bytes, length);
                                        socket.pauseReading();
                                    }
                                });
        client.write(new byte[150_000]);
        simulation.settle();
        assertThat(handler().bytes()).hasSize(64 * 1024);
        assertThat(handler().batches).isEqualTo(1);
        handler().socket.resumeReading();
        simulation.settle();
        assertThat(handler().bytes()).hasSize(2 * 64 * 1024);
        handler().socket.resumeReading();
        simulation.settle();
        assertThat(handler().bytes()).hasSize(150_000);
    }

    @Test
    void pausingAndResumingInOneCallChangesNothing() throws IOException {
        FakeClient client =
                connect(
                        socket ->
                                new Recorder(socket) {
                                    @Override
                                    public void onReceived(MemorySegment bytes, int length) {
                                        super.onReceived(bytes, length);
                                        socket.pauseReading();
                                        socket.resumeReading();
                                    }
                                });
        client.write(new byte[400_000]);
        client.halfClose();
        simulation.settle();
        assertThat(handler().bytes()).hasSize(400_000);
        assertThat(handler().inputEnds).isEqualTo(1);
    }

    @Test
    void aReadQuotaEndsTheBatchAndTheNextTurnGoesOn() throws IOException {
        FakeClient client = connect(Recorder::new);
        client.write(new byte[600_000]);
        simulation.settle();
        assertThat(handler().bytes()).hasSize(600_000);
        assertThat(handler().batches).isEqualTo(3);
        assertThat(handler().receives).isEqualTo(10);
    }

    @Test
    void aResetDuringAPauseIsHeard() throws IOException {
        FakeClient client = connect(Recorder::new);
        handler().socket.pauseReading();
        client.write(new byte[10]);
        client.reset();
        simulation.settle();
        assertThat(handler().closes).isEqualTo(1);
        assertThat(handler().cause).hasMessageContaining("reset");
        assertThat(handler().receives).isZero();
    }

    @Test
    void aResetAfterTheEndOfInputIsHeard() throws IOException {
        FakeClient client = connect(Recorder::new);
        client.halfClose();
        simulation.settle();
        assertThat(handler().inputEnds).isEqualTo(1);
        client.reset();
        simulation.settle();
        assertThat(handler().cause).hasMessageContaining("reset");
    }

    @Test
    void bothEndsOverCloseTheSocketWhicheverCameFirst() throws IOException {
        FakeClient first = connect(Recorder::new);
        FakeClient second = connect(Recorder::new);
        handlers.get(0).socket.shutdownOutput();
        handlers.get(0).socket.shutdownOutput();
        second.halfClose();
        simulation.settle();
        assertThat(first.isEnded()).isTrue();
        assertThat(handlers.get(0).closes).isZero();
        assertThat(handlers.get(1).closes).isZero();
        first.halfClose();
        handlers.get(1).socket.shutdownOutput();
        simulation.settle();
        assertThat(handlers.get(0).closes).isEqualTo(1);
        assertThat(handlers.get(1).closes).isEqualTo(1);
        assertThat(handlers.get(0).cause).isNull();
    }

    @Test
    void aPeerThatDoesNotEndItsSideIsNotWaitedForLongerThanASecond() throws IOException {
        FakeClient client = connect(Recorder::new);
        handler().socket.closeAfterFlush();
        handler().socket.closeAfterFlush();
        simulation.settle();
        client.write(new byte[300_000]);
        simulation.runFor(SECOND * 9 / 10);
        assertThat(client.isEnded()).isTrue();
        assertThat(handler().closes).isZero();
        assertThat(handler().receives).isZero();
        simulation.runFor(SECOND / 5);
        assertThat(handler().closes).isEqualTo(1);
        assertThat(handler().cause).isNull();
    }

    @Test
    void aPeerThatTakesNothingIsNotWaitedForLongerThanTenSeconds() throws IOException {
        simulation.network().weather(Weather.calm().withBuffer(1000));
        FakeClient client = connect(Recorder::new);
        send(50_000);
        handler().socket.closeAfterFlush();
        assertThat(handler().socket.unsentBytes()).isEqualTo(49_000);
        simulation.runFor(9 * SECOND);
        client.read();
        simulation.runFor(9 * SECOND);
        assertThat(handler().closes).isZero();
        simulation.runFor(3 * SECOND);
        assertThat(handler().closes).isEqualTo(1);
        assertThat(handler().socket.unsentBytes()).isZero();
    }

    @Test
    void aClosingSocketThatIsResetOrEndedByItsPeerEndsAtOnce() throws IOException {
        simulation.network().weather(Weather.calm().withBuffer(1000));
        FakeClient client = connect(Recorder::new);
        send(5_000);
        handler().socket.closeAfterFlush();
        client.write(new byte[10]);
        client.halfClose();
        simulation.settle();
        assertThat(handler().closes).isZero();
        int got = 0;
        for (int i = 0; i < 10; i++) {
            got += client.read().length;
            simulation.settle();
        }
        assertThat(got).isEqualTo(5_000);
        assertThat(handler().closes).isEqualTo(1);
    }

    @Test
    void aSocketThatWasPausedLingersAndCloses() throws IOException {
        FakeClient client = connect(Recorder::new);
        handler().socket.pauseReading();
        client.write(new byte[100]);
        simulation.settle();
        handler().socket.closeAfterFlush();
        client.halfClose();
        simulation.settle();
        assertThat(handler().receives).isZero();
        assertThat(handler().closes).isEqualTo(1);
        assertThat(client.isReset()).isFalse();
    }

    @Test
    void aSocketWhoseOutputHasEndedCanBeClosedInOrder() throws IOException {
        FakeClient client = connect(Recorder::new);
        handler().socket.shutdownOutput();
        handler().socket.closeAfterFlush();
        simulation.settle();
        client.halfClose();
        simulation.settle();
        assertThat(handler().closes).isEqualTo(1);
        FakeClient ended = connect(Recorder::new);
        ended.halfClose();
        simulation.settle();
        handlers.get(1).socket.closeAfterFlush();
        simulation.settle();
        assertThat(handlers.get(1).closes).isEqualTo(1);
    }

    @Test
    void theEmptyOutboxIsToldOnlyAfterItWasBlocked() throws IOException {
        simulation.network().weather(Weather.calm().withBuffer(1000));
        FakeClient client = connect(Recorder::new);
        send(500);
        simulation.settle();
        assertThat(handler().drains).isZero();
        client.read();
        send(1500);
        assertThat(handler().socket.isBlocked()).isTrue();
        handler().socket.flush();
        simulation.settle();
        assertThat(handler().drains).isZero();
        client.read();
        simulation.settle();
        assertThat(handler().drains).isEqualTo(1);
        assertThat(handler().socket.isBlocked()).isFalse();
        assertThat(client.read()).hasSize(500);
    }

    @Test
    void aFailureInOnClosedIsSwallowed() throws IOException {
        FakeClient client =
                connect(
                        socket ->
                                new Recorder(socket) {
                                    @Override
                                    public void onClosed(IOException why) {
                                        super.onClosed(why);
                                        throw new IllegalStateException("on purpose");
                                    }
                                });
        client.reset();
        simulation.settle();
        assertThat(handler().closes).isEqualTo(1);
        assertThat(handler().socket.localAddress().toString()).isEmpty();
        assertThat(handler().socket.remoteAddress().toString()).isEmpty();
        assertThat(handler().socket.loop()).isSameAs(loop);
    }

    @Test
    void aSendOnAResetConnectionClosesItAfterTheCall() throws IOException {
        FakeClient client = connect(Recorder::new);
        client.reset();
        send(10);
        assertThat(handler().socket.isClosed()).isTrue();
        assertThat(handler().closes).isZero();
        simulation.settle();
        assertThat(handler().closes).isEqualTo(1);
    }

    @Test
    void anyWeatherDeliversEveryByteInOrder() throws IOException {
        for (long seed = 0; seed < 60; seed++) {
            try (Simulation own = new Simulation(seed, Weather.rough())) {
                Random random = new Random(seed);
                byte[] sent = new byte[random.nextInt(200_000)];
                random.nextBytes(sent);
                Loop home = own.newLoop();
                Listener at = home.listen(ANY, ListenOptions.defaults(), Echo::new);
                FakeClient client = own.network().connect(at.address());
                ByteArrayOutputStream back = new ByteArrayOutputStream();
                client.onInput(() -> back.writeBytes(client.read()));
                client.write(sent);
                client.halfClose();
                assertThat(own.runUntil(client::isEnded, 60 * SECOND)).as("seed %s", seed).isTrue();
                assertThat(back.toByteArray()).as("seed %s", seed).isEqualTo(sent);
                own.runFor(2 * SECOND);
                assertThat(home.connections()).as("seed %s", seed).isZero();
                assertThat(own.outstandingSlabs()).as("seed %s", seed).isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void faultsLeaveNothingBehindAndTheSameSeedDoesTheSame() throws IOException {
        for (long seed = 0; seed < 40; seed++) {
            assertThat(stormyRun(seed)).as("seed %s", seed).isEqualTo(stormyRun(seed));
        }
    }

    private static List<Integer> stormyRun(long seed) throws IOException {
        List<Integer> trace = new ArrayList<>();
        Weather storm = Weather.rough().withFaults(60, 60).withPieces(300).withDelay(500_000);
        try (Simulation own = new Simulation(seed, storm)) {
            Loop home = own.newLoop();
            Listener at = home.listen(ANY, ListenOptions.defaults(), Echo::new);
            List<FakeClient> clients = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                FakeClient client = own.network().connect(at.address());
                client.onInput(() -> trace.add(Arrays.hashCode(client.read())));
                client.write(new byte[8_000]);
                clients.add(client);
            }
            own.runFor(SECOND);
            for (FakeClient client : clients) {
                trace.add(client.isReset() ? 1 : client.isEnded() ? 2 : 3);
                client.halfClose();
            }
            own.runFor(3 * SECOND);
            assertThat(home.connections()).isZero();
            trace.add((int) home.turns());
        }
        return trace;
    }
}

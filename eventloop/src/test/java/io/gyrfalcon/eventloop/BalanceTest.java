package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.fake.FakeClient;
import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.eventloop.fake.Weather;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** What loops do for their balance, on a clock and with CPU times of the test's. */
class BalanceTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long WORK_NANOS = 400_000;
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Simulation simulation = new Simulation(1, Weather.calm());
    private final Loop[] loops = {simulation.newLoop(), simulation.newLoop()};
    private final List<Worker> workers = new ArrayList<>();
    private final List<FakeClient> clients = new ArrayList<>();
    private Listener listener;

    /** Works for every byte as long as the test says, and answers. */
    private final class Worker extends Nomad {
        /** What its calls have its loop's runner do at the end of the turn. */
        long carriedNanos;

        Worker(LoopSocket socket) {
            super(socket);
        }

        @Override
        public void onReceived(MemorySegment segment, int length) {
            super.onReceived(segment, length);
            simulation.clock().advance(WORK_NANOS);
            simulation.poller(socket.loop().index()).useCpu(WORK_NANOS);
            if (carriedNanos > 0) socket.loop().atTurnEnd(_ -> carry());
        }

        private void carry() {
            simulation.clock().advance(carriedNanos);
            simulation.poller(socket.loop().index()).useCpu(carriedNanos);
            socket.spent(carriedNanos);
        }
    }

    @BeforeEach
    void listen() throws IOException {
        Balance.keep(loops);
        listener =
                loops[0].listen(
                        ANY,
                        ListenOptions.defaults(),
                        socket -> {
                            Worker worker = new Worker(socket);
                            workers.add(worker);
                            return worker;
                        });
    }

    @AfterEach
    void end() {
        simulation.close();
        for (Worker worker : workers) {
            assertThat(worker.strays).isZero();
            assertThat(worker.closes).isEqualTo(1);
        }
        assertThat(simulation.outstandingSlabs()).isZero();
    }

    private void connect(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            clients.add(simulation.network().connect(listener.address()));
            simulation.settle();
        }
    }

    /** Has a client send the next byte whenever it has got the last one back. */
    private void heat(int client) {
        FakeClient hot = clients.get(client);
        hot.onInput(
                () -> {
                    if (hot.available() > 0) hot.write(hot.read());
                });
        hot.write((byte) client);
    }

    private void cool(int client) {
        clients.get(client).onInput(() -> {});
    }

    /** Gives turns to so many of the loops for so long. */
    private void live(long nanos, int awake) {
        long end = simulation.clock().nanoTime() + nanos;
        while (simulation.clock().nanoTime() < end) {
            simulation.network().deliverDue();
            for (int i = 0; i < awake; i++) simulation.turn(i);
            simulation.clock().advance(1000);
        }
    }

    private void live(long nanos) {
        live(nanos, 2);
    }

    private long given() {
        return LoopGroup.manual(loops).moves();
    }

    private int loopOf(int worker) {
        return workers.get(worker).socket.loop().index();
    }

    @Test
    void fourEquallyHotOnesEndTwoAndTwoAndStaySo() throws IOException {
        connect(4);
        for (int i = 0; i < 4; i++) heat(i);
        live(2 * SECOND);
        assertThat(given()).isEqualTo(2);
        assertThat(loops[0].connections()).isEqualTo(2);
        assertThat(loops[1].connections()).isEqualTo(2);
        live(30 * SECOND);
        assertThat(given()).isEqualTo(2);
        for (Worker worker : workers) assertThat(worker.batches).isGreaterThan(1000);
    }

    @Test
    void idleOnesDoNotStir() throws IOException {
        connect(60);
        for (int i = 10; i < 14; i++) heat(i);
        live(5 * SECOND);
        assertThat(given()).isEqualTo(2);
        for (int i = 0; i < 60; i++) {
            boolean isHot = i >= 10 && i < 14;
            if (!isHot) assertThat(loopOf(i)).isZero();
        }
    }

    @Test
    void oneMoveAtATime() throws IOException {
        connect(8);
        for (int i = 0; i < 8; i++) heat(i);
        long before = 0;
        for (int i = 0; i < 20; i++) {
            live(Balance.PERIOD_NANOS);
            assertThat(given() - before).isLessThanOrEqualTo(1);
            before = given();
        }
        assertThat(before).isEqualTo(4);
    }

    @Test
    void aLoneHotOneStays() throws IOException {
        connect(3);
        heat(1);
        live(5 * SECOND);
        assertThat(given()).isZero();
    }

    @Test
    void oneThatIsNeverQuietStaysAndAnotherGoes() throws IOException {
        connect(2);
        workers.get(0).isQuiet = false;
        heat(0);
        heat(1);
        live(3 * SECOND);
        assertThat(loopOf(0)).isZero();
        assertThat(loopOf(1)).isEqualTo(1);
    }

    @Test
    void whereNoneIsQuietTheLoopTriesAgainLater() throws IOException {
        connect(2);
        workers.get(0).isQuiet = false;
        workers.get(1).isQuiet = false;
        heat(0);
        heat(1);
        live(3 * SECOND);
        assertThat(given()).isZero();
        workers.get(1).isQuiet = true;
        live(3 * SECOND);
        assertThat(loopOf(1)).isEqualTo(1);
    }

    @Test
    void oneThatHasGoneStaysForAWhile() throws IOException {
        connect(3);
        heat(0);
        heat(1);
        live(2 * SECOND);
        assertThat(given()).isEqualTo(1);
        int gone = loopOf(0) == 1 ? 0 : 1;
        cool(1 - gone);
        assertThat(workers.get(2).socket.moveTo(loops[1])).isTrue();
        heat(2);
        live(2 * SECOND);
        assertThat(given()).isEqualTo(2);
        assertThat(loopOf(gone)).isEqualTo(1);
        assertThat(loopOf(2)).isZero();
    }

    @Test
    void withoutCpuTimesNothingMoves() throws IOException {
        for (Loop loop : loops) simulation.poller(loop.index()).tellCpu(false);
        connect(4);
        for (int i = 0; i < 4; i++) heat(i);
        live(3 * SECOND);
        assertThat(given()).isZero();
        for (Loop loop : loops) simulation.poller(loop.index()).tellCpu(true);
        live(3 * SECOND);
        assertThat(given()).isEqualTo(2);
    }

    @Test
    void aLoopThatTakesNoTurnsIsGivenNothing() throws IOException {
        connect(4);
        live(SECOND, 1);
        for (int i = 0; i < 4; i++) heat(i);
        live(3 * SECOND, 1);
        assertThat(given()).isZero();
    }

    @Test
    void oneThatIsServedLittleButHasRunnersBusyIsNotMistakenForASmallOne() throws IOException {
        connect(3);
        workers.get(2).carriedNanos = 10 * WORK_NANOS;
        for (int i = 0; i < 3; i++) heat(i);
        live(3 * SECOND);
        assertThat(given()).isPositive();
        assertThat(loopOf(2)).isNotEqualTo(loopOf(0)).isNotEqualTo(loopOf(1));
    }

    @Test
    void whatIsNotSurveyedCostsNothing() throws IOException {
        connect(1);
        assertThat(loops[0].isSurveying()).isFalse();
        workers.getFirst().socket.spent(SECOND);
        heat(0);
        live(3 * SECOND);
        assertThat(given()).isZero();
    }

    /** Has two threads take turns at all loops. */
    private void liveOnTwoThreads(long nanos, long nanosEach) throws InterruptedException {
        long end = simulation.clock().nanoTime() + nanos;
        while (simulation.clock().nanoTime() < end) {
            live(nanosEach);
            Thread other = new Thread(() -> live(nanosEach));
            other.start();
            other.join();
        }
    }

    @Test
    void loopsThatChangeThreadsKnowTheirLoad() throws Exception {
        connect(4);
        for (int i = 0; i < 4; i++) heat(i);
        liveOnTwoThreads(3 * SECOND, Balance.PERIOD_NANOS / 4);
        assertThat(given()).isEqualTo(2);
    }

    @Test
    void threadsThatDriveALoopTooBrieflySayNothingOfIt() throws Exception {
        connect(4);
        for (int i = 0; i < 4; i++) heat(i);
        liveOnTwoThreads(SECOND, Balance.PERIOD_NANOS / 40);
        assertThat(given()).isZero();
        live(3 * SECOND);
        assertThat(given()).isEqualTo(2);
    }

    @Test
    void loopsWithoutABalanceGiveNothing() {
        assertThat(LoopGroup.manual(simulation.newLoop()).moves()).isZero();
    }
}

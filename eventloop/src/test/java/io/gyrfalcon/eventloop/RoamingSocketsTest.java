package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Real sockets that go from loop to loop all the time. */
class RoamingSocketsTest {
    private static final int CLIENTS = 4;
    private static final int MOVES = 50;

    private final Queue<Nomad> nomads = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean isOver;

    @ParameterizedTest
    @CsvSource({"EPOLL, BLOCK", "EPOLL, ADAPTIVE", "EPOLL, SPIN", "NIO, BLOCK", "NIO, SPIN"})
    void theyLoseNothing(PollerKind poller, IdlePolicy idle) throws Exception {
        LoopSettings settings =
                LoopSettings.defaults().withLoops(2).withPoller(poller).withIdle(idle);
        try (TestGroup test = new TestGroup(settings)) {
            Listener listener = test.listen(this::accepted);
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(i);
                Thread client = new Thread(() -> exchange(listener, random));
                client.start();
                clients.add(client);
            }
            roam(test.group);
            for (Thread client : clients) client.join();
            assertThat(failures).isEmpty();
            assertThat(nomads).hasSize(CLIENTS);
            for (Nomad nomad : nomads) {
                assertThat(nomad.closed.await(30, TimeUnit.SECONDS)).isTrue();
                assertThat(nomad.cause).isNull();
                assertThat(nomad.strays).isZero();
                assertThat(nomad.arrivals).isEqualTo(nomad.leavings);
            }
        }
    }

    private Nomad accepted(LoopSocket socket) {
        Nomad nomad = new Nomad(socket);
        nomads.add(nomad);
        return nomad;
    }

    /** Until each has moved often enough. */
    private void roam(LoopGroup group) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (failures.isEmpty() && !haveRoamed()) {
            if (System.nanoTime() > end) failures.add(new AssertionError("they do not move"));
            for (Nomad nomad : nomads) {
                LoopSocket socket = nomad.socket;
                socket.loop().post(on -> moveOn(socket, on, group));
            }
            Thread.sleep(0, 100_000);
        }
        isOver = true;
    }

    private boolean haveRoamed() {
        return nomads.size() == CLIENTS
                && nomads.stream().allMatch(nomad -> nomad.arrivals >= MOVES);
    }

    private static void moveOn(LoopSocket socket, Loop on, LoopGroup group) {
        if (socket.isOn(on)) socket.moveTo(group.loop(1 - on.index()));
    }

    private void exchange(Listener listener, Random random) {
        try (Socket client = TestGroup.connect(listener)) {
            while (!isOver) {
                byte[] sent = new byte[1 + random.nextInt(200)];
                random.nextBytes(sent);
                client.getOutputStream().write(sent);
                assertThat(client.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
            }
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        } catch (IOException | AssertionError failure) {
            failures.add(failure);
        }
    }
}

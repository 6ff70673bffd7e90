package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.LoopFlags;
import io.gyrfalcon.eventloop.PollerKind;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;
import io.gyrfalcon.transport.fixtures.SocketClient;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Busy connections that were all placed on one of two loops, beside idle ones of another process,
 * as many as {@code -Dgyrfalcon.idle.connections} says.
 *
 * <p>What the loops decide is {@code BalanceTest}'s, on a clock of its own. Here a machine that has
 * other things to do may upset some attempts, but not all; a call that fails is never excused.
 */
class HotConnectionsTest {
    private static final int IDLE = Integer.getInteger("gyrfalcon.idle.connections", 1_000);
    private static final int HOT = 4;
    private static final int ATTEMPTS = 5;
    private static final int WARM_UP_CALLS = 300;
    private static final String WORK_MICROS = "100";

    /** What came before does not count as load any more. */
    private static final long CALM_MILLIS = 1_500;

    private volatile boolean isOver;
    private final AtomicInteger calls = new AtomicInteger();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    @Test
    void fourEquallyHotOnesEndTwoAndTwoAndStaySoForTenSeconds() throws Exception {
        endTwoAndTwo(PollerKind.EPOLL, 10_000);
    }

    @Test
    void onNioTheyDoTheSame() throws Exception {
        endTwoAndTwo(PollerKind.NIO, 2_000);
    }

    private void endTwoAndTwo(PollerKind poller, long stayMillis) throws Exception {
        List<String> attempts = new ArrayList<>();
        String whole = "two and two";
        while (attempts.size() < ATTEMPTS && !attempts.contains(whole)) {
            String fault = attempt(poller, stayMillis);
            assertThat(failures).isEmpty();
            attempts.add(fault == null ? whole : fault);
        }
        System.out.println(poller + ", " + IDLE + " idle: " + attempts);
        assertThat(attempts).endsWith(whole);
    }

    /** What was not as it should be, or null. */
    private String attempt(PollerKind poller, long stayMillis) throws Exception {
        isOver = false;
        try (MovingServer server = new MovingServer(poller, Lane.DIRECT);
                IdleClients _ = IdleClients.start(server.port(), IDLE)) {
            List<SocketClient> clients = connect(server, IDLE);
            server.placeAllOnTheFirst();
            Thread.sleep(CALM_MILLIS);
            try {
                return attempt(server, clients, stayMillis);
            } finally {
                cool();
            }
        }
    }

    private String attempt(MovingServer server, List<SocketClient> clients, long stayMillis)
            throws Exception {
        long before = server.given();
        long start = System.nanoTime();
        heat(clients);
        while (server.given() - before < 2) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(2)) {
                return server.given() - before + " moves within 2 s";
            }
            Thread.sleep(5);
        }
        int callsBefore = calls.get();
        Thread.sleep(stayMillis);
        assertThat(calls.get() - callsBefore).isGreaterThan(100);
        if (server.given() - before != 2) return server.given() - before + " moves in the end";
        assertThat(server.group.loop(1).connections()).isEqualTo(2);
        for (Peer peer : server.peers) {
            if (peer.loop().index() == 1) assertThat(peer.callsStarted()).isGreaterThan(100);
        }
        return null;
    }

    @Test
    void withoutTheFlagTheyStayWhereTheyArePlaced() throws Exception {
        try (FlagOverride _ = Flags.override(LoopFlags.CONNECTION_MOVES, false);
                MovingServer server = new MovingServer(PollerKind.AUTO, Lane.DIRECT)) {
            List<SocketClient> clients = connect(server, 0);
            server.placeAllOnTheFirst();
            heat(clients);
            Thread.sleep(1500);
            assertThat(server.group.loop(0).connections()).isEqualTo(HOT);
            cool();
        } finally {
            cool();
        }
        assertThat(failures).isEmpty();
    }

    private static List<SocketClient> connect(MovingServer server, int others) throws Exception {
        List<SocketClient> clients = new ArrayList<>();
        for (int i = 0; i < HOT; i++) {
            SocketClient client = server.client();
            for (int j = 0; j < WARM_UP_CALLS; j++) client.call("/m.S/burn", "1");
            clients.add(client);
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (server.peers.size() < others + HOT) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(5);
        }
        return clients;
    }

    private void heat(List<SocketClient> clients) {
        for (SocketClient client : clients) {
            Thread thread = new Thread(() -> callUntilTheEnd(client));
            thread.start();
            threads.add(thread);
        }
    }

    private void callUntilTheEnd(SocketClient connected) {
        try (SocketClient client = connected) {
            while (!isOver) {
                assertThat(client.call("/m.S/burn", WORK_MICROS)).containsExactly(WORK_MICROS);
                calls.incrementAndGet();
            }
        } catch (Throwable failed) {
            failures.add(failed);
        }
    }

    private void cool() throws InterruptedException {
        isOver = true;
        for (Thread thread : threads) thread.join();
        threads.clear();
    }
}

package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.PollerKind;
import io.gyrfalcon.transport.fixtures.SocketClient;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Calls in every lane, on connections that move all the time. */
class MovesUnderLoadTest {
    private static final int CLIENTS = 4;
    private static final int ROUNDS = 400;

    @ParameterizedTest
    @CsvSource({"EPOLL, DIRECT", "EPOLL, RUNNER", "NIO, DIRECT", "NIO, RUNNER"})
    void noCallNotices(PollerKind poller, Lane lane) throws Exception {
        AtomicInteger whole = new AtomicInteger();
        try (MovingServer server = new MovingServer(poller, lane)) {
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                SocketClient client = server.client();
                Random random = new Random(i);
                Thread thread = new Thread(() -> exchange(client, random, whole));
                thread.start();
                clients.add(thread);
            }
            Random random = new Random(poller.ordinal());
            while (clients.stream().anyMatch(Thread::isAlive)) {
                for (Peer peer : server.peers) {
                    server.send(peer, server.group.loop(random.nextInt(2)));
                }
                Thread.sleep(0, 100_000);
            }
        }
        assertThat(whole.get()).isEqualTo(CLIENTS);
    }

    private static void exchange(SocketClient connected, Random random, AtomicInteger whole) {
        try (SocketClient client = connected) {
            for (int i = 0; i < ROUNDS; i++) {
                String[] sent = new String[1 + random.nextInt(4)];
                for (int j = 0; j < sent.length; j++) {
                    sent[j] = "x".repeat(random.nextInt(random.nextInt(10) == 0 ? 20_000 : 100));
                }
                assertThat(client.call("/m.S/echo", sent)).containsExactly(sent);
                int count = random.nextInt(60);
                List<String> numbers = client.call("/m.S/count", "" + count);
                assertThat(numbers).hasSize(count);
                for (int j = 0; j < count; j++) assertThat(numbers.get(j)).isEqualTo("" + j);
            }
            whole.incrementAndGet();
        }
    }
}

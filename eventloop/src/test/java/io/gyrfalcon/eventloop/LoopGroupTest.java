package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

class LoopGroupTest {
    @Test
    void theSharedGroupLivesWithItsUsers() {
        LoopGroup first = LoopGroup.acquireShared();
        LoopGroup second = LoopGroup.acquireShared();
        assertThat(second).isSameAs(first);
        assertThat(first.size()).isEqualTo(Runtime.getRuntime().availableProcessors());
        LoopGroup.releaseShared();
        assertThat(first.loop(0).isEnded()).isFalse();
        LoopGroup.releaseShared();
        assertThat(first.loop(0).isEnded()).isTrue();
        assertThatThrownBy(LoopGroup::releaseShared).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void loopsRunOnDaemonThreadsWithNames() {
        try (TestGroup test = TestGroup.start(PollerKind.AUTO, 2)) {
            String name = TestGroup.on(test.group.loop(1), _ -> Thread.currentThread().getName());
            assertThat(name).isEqualTo("gyrfalcon-loop-1");
            boolean daemon =
                    TestGroup.on(test.group.loop(0), _ -> Thread.currentThread().isDaemon());
            assertThat(daemon).isTrue();
        }
    }

    @Test
    void loopsKeepTheirBalanceUnlessTheFlagIsOff() {
        try (TestGroup test = TestGroup.start(PollerKind.AUTO, 2)) {
            assertThat(test.group.loop(0).balance()).isNotNull();
        }
        try (TestGroup test = TestGroup.start(PollerKind.AUTO, 1)) {
            assertThat(test.group.loop(0).balance()).isNull();
        }
        try (FlagOverride _ = Flags.override(LoopFlags.CONNECTION_MOVES, false);
                TestGroup test = TestGroup.start(PollerKind.AUTO, 2)) {
            assertThat(test.group.loop(0).balance()).isNull();
        }
    }

    @Test
    void withReusePortEveryLoopListensForItself() throws IOException {
        try (FlagOverride _ = Flags.override(LoopFlags.SO_REUSEPORT, true);
                TestGroup test = TestGroup.start(PollerKind.AUTO, 2)) {
            Listener listener = test.listen(Echo::new);
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Socket client = TestGroup.connect(listener);
                client.getOutputStream().write(i);
                assertThat(client.getInputStream().read()).isEqualTo(i);
                clients.add(client);
            }
            int zero = test.group.loop(0).connections();
            int one = test.group.loop(1).connections();
            assertThat(zero + one).isEqualTo(40);
            assertThat(Math.min(zero, one)).isPositive();
            for (Socket client : clients) client.close();
            listener.close();
            Listener again =
                    test.group.listen(listener.address(), ListenOptions.defaults(), Echo::new);
            again.close();
        }
    }

    @Test
    void withReusePortATakenAddressIsStillRefused() throws IOException {
        try (TestGroup test = TestGroup.start(PollerKind.AUTO, 2)) {
            Listener plain = test.listen(Echo::new);
            try (FlagOverride _ = Flags.override(LoopFlags.SO_REUSEPORT, true)) {
                assertThatThrownBy(
                                () ->
                                        test.group.listen(
                                                plain.address(),
                                                ListenOptions.defaults(),
                                                Echo::new))
                        .isInstanceOf(IOException.class);
            }
            plain.close();
        }
    }

    @Test
    void withoutRunnerBatchingTasksStillRun() {
        try (FlagOverride _ = Flags.override(LoopFlags.RUNNER_BATCHING, false);
                TestGroup test = TestGroup.start(PollerKind.AUTO, 1)) {
            int[] ran = {0};
            TestGroup.on(
                    test.group.loop(0),
                    loop -> {
                        for (int i = 0; i < 10; i++) {
                            loop.runners().submit(() -> loop.post(_ -> ran[0]++));
                        }
                        return null;
                    });
            TestGroup.await(() -> TestGroup.on(test.group.loop(0), _ -> ran[0]) == 10);
        }
    }

    @Test
    void manyStartsAndStopsLeaveNothing() throws IOException {
        for (int i = 0; i < 20; i++) {
            PollerKind kind = i % 2 == 0 ? PollerKind.AUTO : PollerKind.NIO;
            try (TestGroup test = TestGroup.start(kind, 2)) {
                Listener listener =
                        test.group.listen(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                ListenOptions.defaults(),
                                Echo::new);
                try (Socket client = TestGroup.connect(listener)) {
                    client.getOutputStream().write(i);
                    assertThat(client.getInputStream().read()).isEqualTo(i);
                }
            }
        }
    }

    @Test
    void anInterruptedThreadWaitsForTheEndAllTheSame() throws IOException {
        for (PollerKind kind : new PollerKind[] {PollerKind.AUTO, PollerKind.NIO}) {
            try (TestGroup test = TestGroup.start(kind, 2)) {
                Listener listener = test.listen(Echo::new);
                Loop loop = test.group.loop(0);
                Thread.currentThread().interrupt();
                listener.close();
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                test.group.close();
                assertThat(Thread.interrupted()).isTrue();
                assertThat(loop.isEnded()).isTrue();
            }
        }
    }
}

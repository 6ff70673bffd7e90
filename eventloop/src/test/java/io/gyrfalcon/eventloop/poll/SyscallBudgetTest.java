package io.gyrfalcon.eventloop.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Listener;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopFlags;
import io.gyrfalcon.eventloop.LoopSettings;
import io.gyrfalcon.eventloop.LoopSocket;
import io.gyrfalcon.eventloop.SocketHandler;
import io.gyrfalcon.primitives.fixtures.LeakCheck;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.time.Clock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a batch costs in system calls, and what happens when they fail. */
class SyscallBudgetTest {
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    @RegisterExtension final LeakCheck leaks = new LeakCheck();
    private final CountingSyscalls system = new CountingSyscalls();
    private Loop loop;
    private Listener listener;
    private Answering handler;

    /** Answers each byte with so many runs. */
    private static final class Answering implements SocketHandler {
        private final LoopSocket socket;
        private final int runs;
        int received;

        Answering(LoopSocket socket, int runs) {
            this.socket = socket;
            this.runs = runs;
        }

        @Override
        public void onReceived(MemorySegment bytes, int length) {
            received += length;
        }

        @Override
        public void onBatchEnd() {
            for (int i = 0; i < runs; i++) {
                Slab slab = socket.loop().slabs().take(1024);
                socket.outbox().append(slab, 0, 1000);
            }
            socket.flush();
        }

        @Override
        public void onInputEnd() {
            socket.close();
        }

        @Override
        public void onDrained() {}

        @Override
        public void onClosed(IOException cause) {}
    }

    private Socket connect(int runs) throws IOException {
        loop =
                Loop.manual(
                        0,
                        LoopSettings.defaults(),
                        new EpollPoller(system, LoopFlags.WRITEV.isOn()),
                        Clock.system(),
                        leaks.loopPool(),
                        leaks.sharedPool());
        listener =
                loop.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        ListenOptions.defaults(),
                        socket -> handler = new Answering(socket, runs));
        InetSocketAddress address = (InetSocketAddress) listener.address();
        Socket client = new Socket(address.getAddress(), address.getPort());
        client.setTcpNoDelay(true);
        for (int i = 0; i < 50 && handler == null; i++) loop.turn(1_000_000);
        assertThat(handler).isNotNull();
        loop.turn(1_000_000);
        return client;
    }

    private void answer(Socket client) throws IOException {
        int before = handler.received;
        system.clear();
        client.getOutputStream().write(new byte[300]);
        for (int i = 0; i < 20 && handler.received == before; i++) {
            if (i > 0) system.clear();
            loop.turn(WAIT_NANOS);
        }
    }

    @AfterEach
    void close() {
        if (loop == null) return;
        listener.close();
        loop.end();
    }

    @Test
    void aBatchOfOneConnectionCostsThreeCalls() throws IOException {
        try (Socket client = connect(1)) {
            for (int i = 0; i < 5; i++) {
                answer(client);
                assertThat(system.count("epoll_wait") + system.count("epoll_pwait2")).isEqualTo(1);
                assertThat(system.count("recv")).isEqualTo(1);
                assertThat(system.count("send")).isEqualTo(1);
                assertThat(system.total()).isEqualTo(3);
            }
        }
    }

    @Test
    void outputInSeveralRunsLeavesInOneCall() throws IOException {
        try (Socket client = connect(5)) {
            answer(client);
            assertThat(system.count("sendmsg")).isEqualTo(1);
            assertThat(system.total()).isEqualTo(3);
            assertThat(client.getInputStream().readNBytes(5000)).hasSize(5000);
        }
    }

    @Test
    void withoutWritevEachRunIsSentAlone() throws IOException {
        try (FlagOverride _ = Flags.override(LoopFlags.WRITEV, false);
                Socket client = connect(5)) {
            answer(client);
            assertThat(system.count("sendmsg")).isZero();
            assertThat(system.count("send")).isEqualTo(5);
            assertThat(client.getInputStream().readNBytes(5000)).hasSize(5000);
        }
    }

    @Test
    void withoutShortReadIsDrainedTheSocketIsAskedAgain() throws IOException {
        try (FlagOverride _ = Flags.override(LoopFlags.SHORT_READ_IS_DRAINED, false);
                Socket client = connect(1)) {
            answer(client);
            assertThat(system.count("recv")).isEqualTo(2);
            assertThat(system.total()).isEqualTo(4);
        }
    }

    @Test
    void aSleepingLoopIsWokenByOneCallForManyLetters() throws Exception {
        try (Socket _ = connect(1)) {
            system.clear();
            int[] delivered = {0};
            for (int i = 0; i < 100; i++) loop.post(_ -> delivered[0]++);
            assertThat(system.count("write")).isZero();
            loop.turn(WAIT_NANOS);
            assertThat(delivered[0]).isEqualTo(100);
            Loop sleeping = loop;
            CountDownLatch posted = new CountDownLatch(1);
            Thread poster =
                    new Thread(
                            () -> {
                                try {
                                    Thread.sleep(30);
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                                // Awake, the loop does not sleep again before all are in.
                                sleeping.post(_ -> await(posted));
                                for (int i = 0; i < 100; i++) sleeping.post(_ -> delivered[0]++);
                                posted.countDown();
                            });
            poster.start();
            while (delivered[0] < 200) loop.turn(WAIT_NANOS);
            poster.join();
            assertThat(system.count("write")).isEqualTo(1);
            assertThat(delivered[0]).isEqualTo(200);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void acceptingInheritsItsOptionsAndAsksForNothing() throws IOException {
        try (Socket _ = connect(1)) {
            assertThat(system.count("setsockopt")).isZero();
            assertThat(system.count("getpeername")).isZero();
            assertThat(system.count("accept4")).isEqualTo(2);
            assertThat(system.count("epoll_ctl")).isEqualTo(3);
        }
    }

    @Test
    void aConnectionThatCannotBeWatchedIsClosed() throws IOException {
        try (Socket client = connect(1)) {
            client.getOutputStream().write(1);
            system.fail("epoll_ctl", Errno.ENOMEM);
            InetSocketAddress address = (InetSocketAddress) listener.address();
            try (Socket second = new Socket(address.getAddress(), address.getPort())) {
                second.setSoTimeout(5_000);
                for (int i = 0; i < 20; i++) loop.turn(5_000_000);
                assertThat(second.getInputStream().read()).isNegative();
            }
            system.fail("epoll_ctl", 0);
            assertThat(loop.connections()).isEqualTo(1);
        }
    }

    @Test
    void aPollerThatCannotBeOpenedSaysWhyAndLeavesNothing() {
        for (String call : new String[] {"epoll_create1", "eventfd", "epoll_ctl"}) {
            CountingSyscalls broken = new CountingSyscalls();
            broken.fail(call, Errno.EMFILE);
            assertThatThrownBy(() -> new EpollPoller(broken, true))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Too many open files");
        }
    }

    @Test
    void withoutNanosecondWaitsMillisecondsDo() throws IOException {
        for (boolean missing : new boolean[] {true, false}) {
            CountingSyscalls old = new CountingSyscalls();
            old.hasNanos = !missing;
            old.fail("epoll_pwait2", Errno.ENOSYS);
            EpollPoller poller = new EpollPoller(old, true);
            long start = System.nanoTime();
            assertThat(poller.await(2_500_000)).isZero();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2_000_000);
            assertThat(old.count("epoll_wait")).isEqualTo(1);
            poller.close();
        }
    }

    @Test
    void anInterruptedWaitIsAnEmptyOne() throws IOException {
        CountingSyscalls interrupted = new CountingSyscalls();
        EpollPoller poller = new EpollPoller(interrupted, true);
        interrupted.fail("epoll_wait", Errno.EINTR);
        assertThat(poller.await(Long.MAX_VALUE)).isZero();
        poller.deliver();
        poller.close();
    }

    @Test
    void theWildcardFallsBackToIpv4WhereIpv6IsAbsent() throws IOException {
        CountingSyscalls old = new CountingSyscalls();
        old.fail("socket", Errno.EAFNOSUPPORT);
        assertThatThrownBy(
                        () ->
                                EpollPort.open(
                                        old,
                                        new InetSocketAddress(0),
                                        ListenOptions.defaults(),
                                        false))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("Address family not supported");
        assertThat(old.count("socket")).isEqualTo(2);
    }

    @Test
    void aPortThatCannotListenIsClosed() {
        CountingSyscalls old = new CountingSyscalls();
        old.fail("listen", Errno.EADDRINUSE);
        assertThatThrownBy(
                        () ->
                                EpollPort.open(
                                        old,
                                        new InetSocketAddress("127.0.0.1", 0),
                                        ListenOptions.defaults(),
                                        true))
                .isInstanceOf(BindException.class);
        assertThat(old.count("close")).isEqualTo(1);
    }

    @Test
    void aSocketThatLostItsAddressHasNone() throws IOException {
        EpollPoller poller = new EpollPoller(system, true);
        system.fail("getpeername", Errno.EINVAL);
        system.fail("getsockopt", Errno.EIO);
        EpollWire wire = new EpollWire(poller, system.eventfd(0), true, false);
        assertThat(wire.remoteAddress()).isEqualTo(SocketAddresses.NONE);
        assertThat(wire.error()).isEqualTo(Errno.EIO);
        wire.close();
        poller.close();
    }
}

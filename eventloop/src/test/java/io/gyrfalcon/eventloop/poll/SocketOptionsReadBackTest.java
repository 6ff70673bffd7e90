package io.gyrfalcon.eventloop.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.SocketOptions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/** Every option, read back from the kernel, or its refusal. */
class SocketOptionsReadBackTest {
    private static final int TCP_INFO = 11;
    private static final int BACKLOG_OFFSET = 28;
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final ListenOptions LISTEN = ListenOptions.defaults();
    private static final SocketOptions SOCKET = SocketOptions.defaults();

    private final CountingSyscalls system = new CountingSyscalls();
    private final Ready deaf =
            new Ready() {
                @Override
                public void onReady(int what) {}

                @Override
                public void onPollerEnd() {}
            };
    private EpollPoller poller;
    private EpollPort port;
    private EpollWire wire;
    private Socket client;

    @BeforeEach
    void open() throws IOException {
        poller = new EpollPoller(system, true);
    }

    @AfterEach
    void close() throws IOException {
        if (client != null) client.close();
        if (wire != null) wire.close();
        if (port != null) port.close();
        poller.close();
    }

    private void listen(ListenOptions options) throws IOException {
        port = EpollPort.open(system, ANY, options, false);
        poller.register(port, deaf);
    }

    private void connect(SocketOptions options) throws IOException {
        listen(LISTEN.withSocket(options));
        connect();
    }

    private void connect() throws IOException {
        InetSocketAddress address = (InetSocketAddress) port.address();
        client = new Socket(address.getAddress(), address.getPort());
        poller.await(TimeUnit.SECONDS.toNanos(5));
        wire = (EpollWire) port.accept();
        assertThat(wire).isNotNull();
    }

    private static int read(int fd, int level, int option, int bytes, int offset) {
        MemorySegment place = Arena.ofAuto().allocate(bytes + 8, 8);
        place.set(ValueLayout.JAVA_INT, bytes, bytes);
        long length = place.address() + bytes;
        assertThat(new LibC().getsockopt(fd, level, option, place.address(), length)).isZero();
        return place.get(ValueLayout.JAVA_INT, offset);
    }

    private static int ofSocket(int fd, int option) {
        return read(fd, Linux.SOL_SOCKET, option, 4, 0);
    }

    private static int ofTcp(int fd, int option) {
        return read(fd, Linux.IPPROTO_TCP, option, 4, 0);
    }

    @Test
    void noDelayIsOnUnlessItIsTurnedOff() throws IOException {
        connect(SOCKET);
        assertThat(ofTcp(wire.fd(), Linux.TCP_NODELAY)).isEqualTo(1);
        close();
        open();
        connect(SOCKET.withNoDelay(false));
        assertThat(ofTcp(wire.fd(), Linux.TCP_NODELAY)).isZero();
    }

    @Test
    void buffersHaveTheSizeThatWasAskedForAndWhatTheKernelAddsToIt() throws IOException {
        connect(SOCKET.withBuffers(32_768, 16_384));
        assertThat(ofSocket(wire.fd(), Linux.SO_SNDBUF)).isEqualTo(65_536);
        assertThat(ofSocket(wire.fd(), Linux.SO_RCVBUF)).isEqualTo(32_768);
    }

    @Test
    void theUserTimeoutReachesTheConnection() throws IOException {
        connect(SOCKET.withUserTimeoutMillis(12_345));
        assertThat(ofTcp(wire.fd(), Linux.TCP_USER_TIMEOUT)).isEqualTo(12_345);
    }

    @Test
    void thePriorityReachesTheConnectionWhichDoesNotInheritIt() throws IOException {
        connect(SOCKET.withPriority(5));
        assertThat(ofSocket(port.fd(), Linux.SO_PRIORITY)).isEqualTo(5);
        assertThat(ofSocket(wire.fd(), Linux.SO_PRIORITY)).isEqualTo(5);
    }

    @Test
    void theUnsentMarkReachesTheConnection() throws IOException {
        connect(SOCKET.withNotSentLowatBytes(16_384));
        assertThat(ofTcp(wire.fd(), Linux.TCP_NOTSENT_LOWAT)).isEqualTo(16_384);
    }

    @Test
    void busyPollingReachesTheConnectionOrItsRefusalIsTold() throws IOException {
        try (Warnings warnings = new Warnings()) {
            connect(SOCKET.withBusyPollMicros(51));
            if (warnings.lines().isEmpty()) {
                assertThat(ofSocket(wire.fd(), Linux.SO_BUSY_POLL)).isEqualTo(51);
            } else {
                assertThat(warnings.lines().getFirst()).contains("SO_BUSY_POLL 51 (");
            }
        }
    }

    @Test
    void aHighPriorityIsSetWhereTheProcessMayAndToldWhereItMayNot() throws IOException {
        try (Warnings warnings = new Warnings()) {
            connect(SOCKET.withPriority(7));
            if (warnings.lines().isEmpty()) {
                assertThat(ofSocket(wire.fd(), Linux.SO_PRIORITY)).isEqualTo(7);
            } else {
                assertThat(warnings.lines())
                        .containsExactly(
                                "socket options refused: SO_PRIORITY 7 (Operation not permitted);"
                                        + " serving without");
                assertThat(ofSocket(wire.fd(), Linux.SO_PRIORITY)).isZero();
            }
        }
    }

    @Test
    void aRefusedPriorityIsOneWarningAndTheSocketServes() throws IOException {
        system.fail("setsockopt", Errno.EPERM);
        try (Warnings warnings = new Warnings()) {
            connect(SOCKET.withNoDelay(false).withPriority(9));
            assertThat(warnings.lines())
                    .containsExactly(
                            "socket options refused: SO_REUSEADDR 1 (Operation not permitted),"
                                    + " SO_PRIORITY 9 (Operation not permitted); serving without");
            int calls = system.count("setsockopt");
            client.close();
            wire.close();
            connect();
            assertThat(system.count("setsockopt")).as("not tried again").isEqualTo(calls);
            port.close();
            listen(LISTEN.withSocket(SOCKET.withNoDelay(false).withPriority(9)));
            assertThat(warnings.lines()).as("not told again").hasSize(1);
        }
        client.getOutputStream().write(7);
        poller.register(wire, deaf);
        assertThat(receive()).isEqualTo(1);
    }

    private int receive() {
        MemorySegment target = Arena.ofAuto().allocate(64);
        for (int i = 0; i < 100; i++) {
            int n = wire.receive(target, 64);
            if (n != Wire.NOTHING) return n;
            poller.await(TimeUnit.MILLISECONDS.toNanos(50));
        }
        throw new AssertionError("nothing arrives");
    }

    @Test
    void acknowledgementStaysQuickThroughAConversation() throws IOException {
        connect(SOCKET.withQuickAck(true));
        poller.register(wire, deaf);
        assertThat(ofTcp(wire.fd(), Linux.TCP_QUICKACK)).isEqualTo(1);
        MemorySegment answer = Arena.ofAuto().allocate(8);
        for (int i = 0; i < 20; i++) {
            client.getOutputStream().write(i);
            assertThat(receive()).isEqualTo(1);
            assertThat(ofTcp(wire.fd(), Linux.TCP_QUICKACK)).as("call %d", i).isEqualTo(1);
            assertThat(system.send(wire.fd(), answer.address(), 1, 0)).isEqualTo(1);
            assertThat(client.getInputStream().read()).isZero();
        }
        assertThat(system.count("setsockopt")).isGreaterThanOrEqualTo(20);
    }

    @Test
    void deferredAcceptanceIsSetAndHoldsBackWhoSaysNothing() throws IOException {
        listen(LISTEN.withDeferAcceptSeconds(20));
        assertThat(ofTcp(port.fd(), Linux.TCP_DEFER_ACCEPT)).isGreaterThanOrEqualTo(20);
        InetSocketAddress address = (InetSocketAddress) port.address();
        client = new Socket(address.getAddress(), address.getPort());
        poller.await(TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(port.accept()).isNull();
        client.getOutputStream().write(1);
        for (int i = 0; i < 100 && wire == null; i++) {
            poller.await(TimeUnit.MILLISECONDS.toNanos(50));
            wire = (EpollWire) port.accept();
        }
        assertThat(wire).isNotNull();
    }

    @Test
    void fastOpenIsSet() throws IOException {
        listen(LISTEN.withFastOpenMax(77));
        assertThat(ofTcp(port.fd(), Linux.TCP_FASTOPEN)).isEqualTo(77);
        connect();
    }

    @Test
    void theIncomingCpuIsSet() throws IOException {
        listen(LISTEN.withIncomingCpu(0));
        assertThat(ofSocket(port.fd(), Linux.SO_INCOMING_CPU)).isZero();
        connect();
    }

    @Test
    void theBacklogIsWhatWasAskedFor() throws IOException {
        listen(LISTEN.withBacklog(37));
        int backlog = read(port.fd(), Linux.IPPROTO_TCP, TCP_INFO, 104, BACKLOG_OFFSET);
        assertThat(backlog).isEqualTo(37);
    }

    @Test
    void withoutWishesAConnectionCostsNoCallBeyondItsAcceptance() throws IOException {
        listen(LISTEN);
        int calls = system.count("setsockopt");
        connect();
        assertThat(system.count("setsockopt")).isEqualTo(calls);
    }

    @Test
    void nioTellsInOneLineWhatJavaCannotSet() throws IOException {
        ListenOptions options =
                LISTEN.withDeferAcceptSeconds(1)
                        .withFastOpenMax(2)
                        .withIncomingCpu(3)
                        .withSocket(
                                SOCKET.withUserTimeoutMillis(4)
                                        .withPriority(5)
                                        .withBusyPollMicros(6)
                                        .withNotSentLowatBytes(7));
        try (Warnings warnings = new Warnings()) {
            NioPort.open(ANY, options, false).close();
            NioPort.open(ANY, LISTEN, false).close();
            assertThat(warnings.lines()).hasSize(1);
            assertThat(warnings.lines().getFirst())
                    .startsWith("socket options refused: TCP_USER_TIMEOUT 4 (NIO cannot set it), ")
                    .contains("SO_PRIORITY 5", "SO_BUSY_POLL 6", "TCP_NOTSENT_LOWAT 7")
                    .contains("TCP_DEFER_ACCEPT 1", "TCP_FASTOPEN 2", "SO_INCOMING_CPU 3")
                    .endsWith("; serving without");
        }
    }

    @Test
    void nioAcknowledgesQuicklyToo() throws IOException {
        assumeThat(NioWire.canAckQuickly()).isTrue();
        Poller nio = new NioPoller(true);
        Port own = nio.listen(ANY, LISTEN.withSocket(SOCKET.withQuickAck(true)), false);
        nio.register(own, deaf);
        InetSocketAddress address = (InetSocketAddress) own.address();
        try (Socket peer = new Socket(address.getAddress(), address.getPort())) {
            nio.await(TimeUnit.SECONDS.toNanos(5));
            nio.deliver();
            NioWire accepted = (NioWire) own.accept();
            assertThat(accepted).isNotNull();
            nio.register(accepted, deaf);
            MemorySegment target = Arena.ofAuto().allocate(64);
            for (int i = 0; i < 10; i++) {
                peer.getOutputStream().write(i);
                int n = Wire.NOTHING;
                while (n == Wire.NOTHING) n = accepted.receive(target, 64);
                assertThat(n).isEqualTo(1);
                assertThat(accepted.channel().getOption(jdk.net.ExtendedSocketOptions.TCP_QUICKACK))
                        .isTrue();
            }
            accepted.close();
        } finally {
            own.close();
            nio.close();
        }
    }
}

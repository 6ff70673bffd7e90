package io.gyrfalcon.eventloop.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.SocketOptions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the pollers of the system do alike, beyond the suite of all. */
abstract class RealPollerSuite extends PollerSuite {
    private static final long STEP_NANOS = 50_000_000;
    private static final long WORK_NANOS = 30_000_000;
    private static final long SETTLE_NANOS = 6_000_000;

    @TempDir Path folder;

    @Override
    Peer connect(SocketAddress address) throws IOException {
        return new SocketPeer(address);
    }

    @Override
    int step(Poller poller) {
        int count = poller.await(STEP_NANOS);
        poller.deliver();
        return count;
    }

    @Override
    void settle(Poller poller) {
        poller.await(SETTLE_NANOS);
        poller.deliver();
    }

    @Override
    void settleShortly() {
        poller.await(1_000_000);
        poller.deliver();
    }

    @Override
    void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void waitingEndsInTime() {
        settle(poller);
        for (long nanos : new long[] {300_000, 3_000_000, 15_000_000}) {
            long start = System.nanoTime();
            assertThat(poller.await(nanos)).isZero();
            long took = System.nanoTime() - start;
            assertThat(took).isGreaterThan(nanos - 1_000_000).isLessThan(nanos + 5_000_000_000L);
        }
        assertThat(poller.await(0)).isZero();
    }

    @Test
    void whatAFailureLeavesOfABatchIsToldBeforeTheNext() throws IOException {
        List<Log> heard = List.of(new Angry(), new Angry());
        List<Wire> both = List.of(accepted(), accepted());
        for (int i = 0; i < 2; i++) poller.register(both.get(i), heard.get(i));
        for (int i = 0; i < 20; i++) settleInAnger();
        for (Log each : heard) each.told.clear();
        for (Peer each : peers) each.write((byte) 1);
        for (int i = 0; i < 20; i++) settleInAnger();
        assertThat(heard).allMatch(each -> each.heard(Ready.INPUT));
    }

    private void settleInAnger() {
        try {
            poller.await(SETTLE_NANOS);
            poller.deliver();
        } catch (IllegalStateException expected) {
            assertThat(expected).hasMessage("angry");
        }
    }

    /** Fails whatever it hears. */
    private static final class Angry extends Log {
        @Override
        public void onReady(int what) {
            super.onReady(what);
            throw new IllegalStateException("angry");
        }
    }

    @Test
    void cpuTimeGoesOnWithWorkAndStandsStillAsleep() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (poller.threadCpuNanos() == Poller.UNKNOWN && System.nanoTime() < end) pause();
        long start = poller.threadCpuNanos();
        assertThat(start).isNotNegative();
        while (poller.threadCpuNanos() - start < WORK_NANOS && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        long worked = poller.threadCpuNanos() - start;
        assertThat(worked).isGreaterThanOrEqualTo(WORK_NANOS);
        for (int i = 0; i < 10; i++) pause();
        assertThat(poller.threadCpuNanos() - start - worked).isLessThan(WORK_NANOS);
    }

    @Test
    void aWakeUpEndsTheWaiting() throws InterruptedException {
        Thread waker =
                new Thread(
                        () -> {
                            pause();
                            poller.wakeUp();
                        });
        waker.start();
        long start = System.nanoTime();
        poller.await(Long.MAX_VALUE);
        poller.deliver();
        waker.join();
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void aWakeUpBeforeTheWaitingEndsIt() {
        for (int i = 0; i < 3; i++) {
            poller.wakeUp();
            long start = System.nanoTime();
            poller.await(TimeUnit.SECONDS.toNanos(20));
            poller.deliver();
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
        }
    }

    private void serves(InetSocketAddress listening, String connectTo) throws IOException {
        Port own = poller.listen(listening, ListenOptions.defaults(), false);
        poller.register(own, portLog);
        int number = ((InetSocketAddress) own.address()).getPort();
        try (Socket client = new Socket(InetAddress.getByName(connectTo), number)) {
            Wire wire = acceptFrom(own);
            InetSocketAddress remote = (InetSocketAddress) wire.remoteAddress();
            assertThat(remote.getPort()).isEqualTo(client.getLocalPort());
            assertThat(remote.getAddress()).isEqualTo(InetAddress.getByName(connectTo));
            wire.close();
        } finally {
            own.close();
        }
    }

    private Wire acceptFrom(Port own) throws IOException {
        portLog.told.clear();
        Wire wire = null;
        for (int i = 0; i < 100 && wire == null; i++) {
            step(poller);
            wire = own.accept();
        }
        assertThat(wire).isNotNull();
        return wire;
    }

    @Test
    void theWildcardServesBothFamilies() throws IOException {
        serves(new InetSocketAddress(0), "127.0.0.1");
        serves(new InetSocketAddress(0), "::1");
        serves(new InetSocketAddress("::", 0), "127.0.0.1");
    }

    @Test
    void eachFamilyCanBeServedAlone() throws IOException {
        serves(new InetSocketAddress("127.0.0.1", 0), "127.0.0.1");
        serves(new InetSocketAddress("::1", 0), "::1");
        Port own =
                poller.listen(
                        new InetSocketAddress("0.0.0.0", 0),
                        ListenOptions.defaults().withDualStack(false),
                        false);
        assertThat(((InetSocketAddress) own.address()).getAddress())
                .isInstanceOf(Inet4Address.class);
        own.close();
    }

    @Test
    void optionsReachTheConnections() throws IOException {
        ListenOptions options =
                ListenOptions.defaults()
                        .withBacklog(7)
                        .withSocket(SocketOptions.defaults().withBuffers(32_768, 16_384));
        Port own =
                poller.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), options, false);
        poller.register(own, portLog);
        InetSocketAddress address = (InetSocketAddress) own.address();
        try (Socket _ = new Socket(address.getAddress(), address.getPort())) {
            Wire wire = acceptFrom(own);
            assertThat(option(wire, Linux.IPPROTO_TCP, Linux.TCP_NODELAY)).isEqualTo(1);
            assertThat(option(wire, Linux.SOL_SOCKET, Linux.SO_SNDBUF)).isIn(32_768, 65_536);
            assertThat(option(wire, Linux.SOL_SOCKET, Linux.SO_RCVBUF)).isIn(16_384, 32_768);
            wire.close();
        } finally {
            own.close();
        }
    }

    /** A socket option as the system has it. */
    abstract int option(Wire wire, int level, int option) throws IOException;

    @Test
    void optionsReachTheConnectionsThatWeBegin() throws IOException {
        SocketOptions options = SocketOptions.defaults().withBuffers(32_768, 16_384);
        Wire dialed = poller.connect(port.address(), options);
        assertThat(option(dialed, Linux.IPPROTO_TCP, Linux.TCP_NODELAY)).isEqualTo(1);
        assertThat(option(dialed, Linux.SOL_SOCKET, Linux.SO_SNDBUF)).isIn(32_768, 65_536);
        assertThat(option(dialed, Linux.SOL_SOCKET, Linux.SO_RCVBUF)).isIn(16_384, 32_768);
        dialed.close();
        Wire delayed = poller.connect(port.address(), SocketOptions.defaults().withNoDelay(false));
        assertThat(option(delayed, Linux.IPPROTO_TCP, Linux.TCP_NODELAY)).isZero();
        delayed.close();
    }

    @Test
    void aUnixDomainPathIsReached() throws IOException {
        UnixDomainSocketAddress address = path("reached");
        assertThatThrownBy(() -> poller.connect(address, SocketOptions.defaults()))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("reached: ");
        Port own = poller.listen(address, ListenOptions.defaults(), false);
        poller.register(own, portLog);
        Wire dialed = poller.connect(address, SocketOptions.defaults());
        poller.register(dialed, log);
        wires.add(dialed);
        stepUntil(Ready.OUTPUT);
        assertThat(dialed.finishConnect()).isZero();
        assertThat(dialed.isDrainedByShortRead()).isFalse();
        Wire other = acceptFrom(own);
        wires.add(other);
        assertThat(other.send(chain(100))).isEqualTo(100);
        log.told.clear();
        stepUntil(Ready.INPUT);
        assertThat(received(dialed)).isEqualTo(pattern(100));
        own.close();
    }

    @Test
    void anIpv6AddressIsReached() throws IOException {
        Port own = poller.listen(new InetSocketAddress("::1", 0), ListenOptions.defaults(), false);
        poller.register(own, portLog);
        Wire dialed = poller.connect(own.address(), SocketOptions.defaults());
        poller.register(dialed, log);
        stepUntil(Ready.OUTPUT);
        assertThat(dialed.finishConnect()).isZero();
        wires.add(dialed);
        wires.add(acceptFrom(own));
        own.close();
    }

    @Test
    void aNameThatWasNotResolvedIsNotConnectedTo() {
        InetSocketAddress nowhere = InetSocketAddress.createUnresolved("no.such.host", 1);
        assertThatThrownBy(() -> poller.connect(nowhere, SocketOptions.defaults()))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("no.such.host");
    }

    @Test
    void severalPortsShareAnAddressWhenAsked() throws IOException {
        SocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Port first = poller.listen(any, ListenOptions.defaults(), true);
        Port second = poller.listen(first.address(), ListenOptions.defaults(), true);
        assertThat(second.address()).isEqualTo(first.address());
        first.close();
        second.close();
    }

    @Test
    void aNameThatWasNotResolvedIsRefused() {
        assertThatThrownBy(
                        () ->
                                poller.listen(
                                        InetSocketAddress.createUnresolved("no.such.host", 0),
                                        ListenOptions.defaults(),
                                        false))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("no.such.host");
    }

    @Test
    void anAddressOfAnotherMachineIsRefused() {
        assertThatThrownBy(
                        () ->
                                poller.listen(
                                        new InetSocketAddress("192.0.2.1", 0),
                                        ListenOptions.defaults(),
                                        false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("192.0.2.1");
    }

    private UnixDomainSocketAddress path(String name) {
        return UnixDomainSocketAddress.of(folder.resolve(name));
    }

    @Test
    void aUnixDomainPathIsServedAndRemoved() throws IOException {
        UnixDomainSocketAddress address = path("s");
        Port own = poller.listen(address, ListenOptions.defaults(), false);
        assertThat(own.address()).isEqualTo(address);
        poller.register(own, portLog);
        try (SocketChannel client = SocketChannel.open(address)) {
            Wire wire = acceptFrom(own);
            assertThat(wire.isDrainedByShortRead()).isFalse();
            assertThat(wire.localAddress()).isEqualTo(address);
            assertThat(wire.remoteAddress()).isEqualTo(SocketAddresses.NONE);
            poller.register(wire, log);
            client.write(ByteBuffer.wrap(new byte[] {5, 6}));
            stepUntil(Ready.INPUT);
            assertThat(received(wire)).containsExactly(5, 6);
            wire.close();
        } finally {
            own.close();
        }
        assertThat(address.getPath()).doesNotExist();
    }

    @Test
    @Timeout(30)
    void aSocketWhoseQueueIsFullIsInUse() throws IOException {
        UnixDomainSocketAddress address = path("full");
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            busy.bind(address, 1);
            assertThatThrownBy(
                            () -> {
                                while (true) {
                                    waiting.add(SocketChannel.open(StandardProtocolFamily.UNIX));
                                    waiting.getLast().configureBlocking(false);
                                    waiting.getLast().connect(address);
                                }
                            })
                    .isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> poller.listen(address, ListenOptions.defaults(), false))
                    .hasMessageContaining("Address already in use");
        } finally {
            for (SocketChannel each : waiting) each.close();
        }
    }

    @Test
    void aSocketLeftOverFromAnEarlierProcessIsReplaced() throws IOException {
        UnixDomainSocketAddress address = path("stale");
        ServerSocketChannel old =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
        old.close();
        assertThat(address.getPath()).exists();
        Port own = poller.listen(address, ListenOptions.defaults(), false);
        SocketChannel.open(address).close();
        own.close();
    }

    @Test
    void aSocketThatSomebodyServesIsNotReplaced() throws IOException {
        UnixDomainSocketAddress address = path("alive");
        Port own = poller.listen(address, ListenOptions.defaults(), false);
        assertThatThrownBy(() -> poller.listen(address, ListenOptions.defaults(), false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in use");
        own.close();
    }

    @Test
    void aFileThatIsNoSocketIsNotReplaced() throws IOException {
        UnixDomainSocketAddress address = path("file");
        Files.writeString(address.getPath(), "precious");
        assertThatThrownBy(() -> poller.listen(address, ListenOptions.defaults(), false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no socket");
        assertThat(address.getPath()).hasContent("precious");
    }

    @Test
    void aPathThatIsTooLongIsRefused() {
        UnixDomainSocketAddress address = path("x".repeat(120));
        assertThatThrownBy(() -> poller.listen(address, ListenOptions.defaults(), false))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aPathThatSomebodyElseHasTakenMeanwhileIsLeftAlone() throws IOException {
        UnixDomainSocketAddress address = path("taken");
        Port own = poller.listen(address, ListenOptions.defaults(), false);
        Files.delete(address.getPath());
        Files.writeString(address.getPath(), "theirs");
        own.close();
        assertThat(address.getPath()).hasContent("theirs");
        Port gone = poller.listen(path("gone"), ListenOptions.defaults(), false);
        Files.delete(folder.resolve("gone"));
        gone.close();
    }

    @Test
    void aPortIsClosedByAnyThreadWhileItsLoopWaits() throws Exception {
        Thread waiter =
                new Thread(
                        () -> {
                            while (!Thread.currentThread().isInterrupted()) {
                                poller.await(TimeUnit.MILLISECONDS.toNanos(200));
                                poller.deliver();
                            }
                        });
        waiter.start();
        pause();
        SocketAddress address = port.address();
        port.close();
        poller.listen(address, ListenOptions.defaults(), false).close();
        waiter.interrupt();
        poller.wakeUp();
        waiter.join();
    }
}

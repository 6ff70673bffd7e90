package io.gyrfalcon.eventloop.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.SocketOptions;
import io.gyrfalcon.primitives.fixtures.LeakCheck;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What every poller does alike. */
abstract class PollerSuite {
    /** The other end of a connection. */
    interface Peer {
        void write(byte... bytes) throws IOException;

        /** Reads exactly so many bytes, or fewer at the end. */
        byte[] read(int count) throws IOException;

        /** Whether the other side has ended its output. */
        boolean isAtEnd() throws IOException;

        void halfClose() throws IOException;

        void reset() throws IOException;

        void close() throws IOException;
    }

    private static final int CAPACITY = 64 * 1024;

    @RegisterExtension final LeakCheck leaks = new LeakCheck();
    final SlabPool pool = leaks.loopPool();
    final MemorySegment buffer = Arena.ofAuto().allocate(CAPACITY);
    final Log portLog = new Log();
    final Log log = new Log();
    final List<Peer> peers = new ArrayList<>();
    final List<Wire> wires = new ArrayList<>();
    Poller poller;
    Port port;

    abstract Poller newPoller() throws IOException;

    abstract Peer connect(SocketAddress address) throws IOException;

    /** Waits for something to be told, and tells it. */
    abstract int step(Poller poller) throws IOException;

    /** Lets so much happen that whatever is going to be told is told. */
    abstract void settle(Poller poller) throws IOException;

    /** A target that notes what it hears. */
    static class Log implements Ready {
        final List<Integer> told = new ArrayList<>();
        int ends;

        @Override
        public void onReady(int what) {
            told.add(what);
        }

        @Override
        public void onPollerEnd() {
            ends++;
        }

        boolean heard(int what) {
            return told.stream().anyMatch(bits -> (bits & what) != 0);
        }
    }

    @BeforeEach
    void open() throws IOException {
        poller = newPoller();
        port =
                poller.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        ListenOptions.defaults()
                                .withSocket(SocketOptions.defaults().withBuffers(65_536, 65_536)),
                        false);
        poller.register(port, portLog);
    }

    @AfterEach
    void close() throws IOException {
        for (Wire wire : wires) wire.close();
        for (Peer peer : peers) peer.close();
        port.close();
        poller.deregister(port);
        poller.close();
    }

    Wire accepted() throws IOException {
        peers.add(connect(port.address()));
        Wire wire = null;
        for (int i = 0; i < 100 && wire == null; i++) {
            if (portLog.told.isEmpty()) step(poller);
            wire = port.accept();
        }
        assertThat(wire).isNotNull();
        assertThat(port.accept()).isNull();
        assertThat(port.code()).isEqualTo(-Errno.EAGAIN);
        portLog.told.clear();
        wires.add(wire);
        return wire;
    }

    Wire connected() throws IOException {
        Wire wire = accepted();
        poller.register(wire, log);
        settle(poller);
        log.told.clear();
        return wire;
    }

    Peer peer() {
        return peers.get(0);
    }

    byte[] received(Wire wire) {
        int n = wire.receive(buffer, CAPACITY);
        assertThat(n).isPositive();
        return buffer.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE);
    }

    void stepUntil(int what) throws IOException {
        for (int i = 0; i < 200 && !log.heard(what); i++) step(poller);
        assertThat(log.heard(what)).as("heard %s of %s", what, log.told).isTrue();
    }

    @Test
    void aWaitingConnectionIsToldAndAccepted() throws IOException {
        Wire wire = accepted();
        assertThat(((InetSocketAddress) wire.localAddress()).getPort())
                .isEqualTo(((InetSocketAddress) port.address()).getPort());
        assertThat(((InetSocketAddress) wire.remoteAddress()).getPort()).isPositive();
        wire.close();
        wire.close();
        assertThat(wire.localAddress()).isEqualTo(SocketAddresses.NONE);
        assertThat(wire.remoteAddress()).isEqualTo(SocketAddresses.NONE);
    }

    @Test
    void connectionsThatComeLaterAreToldAgain() throws IOException {
        accepted();
        accepted();
        accepted();
    }

    @Test
    void bytesAreToldOnceUntilTheyAreRead() throws IOException {
        Wire wire = connected();
        peer().write((byte) 1, (byte) 2);
        stepUntil(Ready.INPUT);
        log.told.clear();
        settle(poller);
        assertThat(log.told).isEmpty();
        assertThat(received(wire)).containsExactly(1, 2);
    }

    @Test
    void bytesThatComeAfterAShortReadAreTold() throws IOException {
        Wire wire = connected();
        for (byte i = 0; i < 5; i++) {
            log.told.clear();
            peer().write(i);
            stepUntil(Ready.INPUT);
            assertThat(received(wire)).containsExactly(i);
        }
        assertThat(wire.isDrainedByShortRead()).isTrue();
    }

    @Test
    void anEmptySocketSaysSo() throws IOException {
        Wire wire = connected();
        assertThat(wire.receive(buffer, CAPACITY)).isEqualTo(Wire.NOTHING);
        peer().write((byte) 7);
        stepUntil(Ready.INPUT);
        assertThat(received(wire)).containsExactly(7);
        assertThat(wire.receive(buffer, CAPACITY)).isEqualTo(Wire.NOTHING);
        log.told.clear();
        peer().write((byte) 8);
        stepUntil(Ready.INPUT);
    }

    @Test
    void theEndIsToldBehindTheBytesAndDoesNotRepeat() throws IOException {
        Wire wire = connected();
        peer().write((byte) 9);
        peer().halfClose();
        stepUntil(Ready.INPUT);
        settle(poller);
        assertThat(received(wire)).containsExactly(9);
        settle(poller);
        assertThat(wire.receive(buffer, CAPACITY)).isZero();
        log.told.clear();
        settle(poller);
        settle(poller);
        assertThat(log.told.size()).isLessThanOrEqualTo(1);
        assertThat(wire.receive(buffer, CAPACITY)).isZero();
    }

    @Test
    void aResetIsAnErrorAndDoesNotRepeat() throws IOException {
        Wire wire = connected();
        peer().reset();
        stepUntil(Ready.INPUT);
        assertThat(wire.receive(buffer, CAPACITY)).isEqualTo(-Errno.ECONNRESET);
        log.told.clear();
        settle(poller);
        assertThat(log.told).isEmpty();
        assertThat(wire.error()).isIn(0, Errno.ECONNRESET);
        SlabChain chain = chain(10);
        assertThat(wire.send(chain)).isNegative();
        chain.clear();
    }

    @Test
    void aFullSocketTellsWhenItTakesMore() throws IOException {
        Wire wire = connected();
        SlabChain chain = chain(2 << 20);
        long total = chain.bytes();
        long sent = wire.send(chain);
        assertThat(sent).isPositive().isLessThan(total);
        assertThat(chain.bytes()).isEqualTo(total - sent);
        log.told.clear();
        byte[] all = new byte[(int) total];
        int at = 0;
        while (at < total) {
            byte[] part = peer().read((int) Math.min(64 * 1024, total - at - chain.bytes()));
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
            if (chain.isEmpty()) continue;
            if (!log.heard(Ready.OUTPUT)) settleShortly();
            if (!log.heard(Ready.OUTPUT)) continue;
            log.told.clear();
            assertThat(wire.send(chain)).isNotNegative();
        }
        assertThat(all).isEqualTo(pattern((int) total));
    }

    /** One look, without waiting for what does not come. */
    abstract void settleShortly() throws IOException;

    @Test
    void outputInManyRunsArrivesInOrder() throws IOException {
        Wire wire = connected();
        SlabChain chain = new SlabChain(pool);
        byte[] expected = pattern(200 * 700);
        for (int i = 0; i < 200; i++) {
            Slab slab = pool.take(1024);
            MemorySegment.copy(expected, i * 700, slab.segment(), ValueLayout.JAVA_BYTE, 3, 700);
            chain.append(slab, 3, 703);
        }
        assertThat(chain.runs()).isGreaterThan(100);
        assertThat(wire.send(chain)).isEqualTo(expected.length);
        assertThat(chain.isEmpty()).isTrue();
        assertThat(peer().read(expected.length)).isEqualTo(expected);
        assertThat(wire.send(chain)).isZero();
    }

    @Test
    void theEndOfOutputReachesThePeerAndInputGoesOn() throws IOException {
        Wire wire = connected();
        SlabChain chain = chain(5);
        wire.send(chain);
        wire.shutdownOutput();
        assertThat(peer().read(5)).isEqualTo(pattern(5));
        settle(poller);
        assertThat(peer().isAtEnd()).isTrue();
        log.told.clear();
        peer().write((byte) 3);
        stepUntil(Ready.INPUT);
        assertThat(received(wire)).containsExactly(3);
    }

    @Test
    void aWireCanMoveToAnotherPoller() throws IOException {
        Wire wire = connected();
        poller.deregister(wire);
        poller.deregister(wire);
        peer().write((byte) 4);
        settle(poller);
        assertThat(log.told).isEmpty();
        Poller other = newPoller();
        other.register(wire, log);
        for (int i = 0; i < 200 && !log.heard(Ready.INPUT); i++) step(other);
        assertThat(received(wire)).containsExactly(4);
        wire.close();
        other.close();
    }

    @Test
    void aWireThatIsClosedInTheSameBatchHearsNothing() throws IOException {
        Wire first = accepted();
        Wire second = accepted();
        Log[] logs = {new Log(), new Log()};
        Wire[] both = {first, second};
        for (int i = 0; i < 2; i++) {
            int self = i;
            poller.register(
                    both[i],
                    new Log() {
                        @Override
                        public void onReady(int what) {
                            if ((what & INPUT) == 0) return;
                            logs[self].onReady(what);
                            both[1 - self].close();
                        }
                    });
        }
        settle(poller);
        peers.get(0).write((byte) 1);
        peers.get(1).write((byte) 1);
        pause();
        settle(poller);
        settle(poller);
        assertThat(logs[0].told.size() + logs[1].told.size()).isEqualTo(1);
    }

    /** Lets bytes of two peers arrive before the poller looks. */
    abstract void pause();

    @Test
    void slotsAreReusedWithoutMixingThemUp() throws IOException {
        for (int i = 0; i < 100; i++) {
            Wire wire = accepted();
            Log own = new Log();
            poller.register(wire, own);
            peers.get(peers.size() - 1).write((byte) i);
            for (int j = 0; j < 200 && !own.heard(Ready.INPUT); j++) step(poller);
            assertThat(received(wire)).containsExactly(i);
            if (i % 3 != 0) wire.close();
        }
    }

    @Test
    void theEndOfThePollerIsToldToEverybody() throws IOException {
        connected();
        poller.endTargets();
        assertThat(log.ends).isEqualTo(1);
        assertThat(portLog.ends).isEqualTo(1);
    }

    @Test
    void aTakenAddressIsRefusedWithItsName() {
        assertThatThrownBy(() -> poller.listen(port.address(), ListenOptions.defaults(), false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(port.address().toString())
                .hasMessageContaining("in use");
    }

    @Test
    void aClosedPortHasReleasedItsAddress() throws IOException {
        connected();
        port.close();
        port.close();
        assertThat(port.accept()).isNull();
        assertThat(port.shed()).isZero();
        Port again = poller.listen(port.address(), ListenOptions.defaults(), false);
        assertThat(again.address()).isEqualTo(port.address());
        poller.register(port, portLog);
        again.close();
    }

    private int outcomeOf(Wire dialed) throws IOException {
        poller.register(dialed, log);
        wires.add(dialed);
        for (int i = 0; i < 200; i++) {
            if (!log.told.isEmpty()) {
                int outcome = dialed.finishConnect();
                if (outcome != Wire.NOTHING) return outcome;
            }
            step(poller);
        }
        throw new AssertionError("nothing was told");
    }

    @Test
    void aConnectionThatWeBeginCarriesBytesBothWays() throws IOException {
        Wire dialed = poller.connect(port.address(), SocketOptions.defaults());
        assertThat(outcomeOf(dialed)).isZero();
        Wire other = null;
        for (int i = 0; i < 100 && other == null; i++) {
            if (portLog.told.isEmpty()) step(poller);
            other = port.accept();
        }
        wires.add(other);
        assertThat(dialed.remoteAddress()).isEqualTo(port.address());
        assertThat(other.remoteAddress()).isEqualTo(dialed.localAddress());
        Log otherLog = new Log();
        poller.register(other, otherLog);
        settle(poller);
        log.told.clear();
        otherLog.told.clear();
        SlabChain ping = chain(1_000);
        assertThat(dialed.send(ping)).isEqualTo(1_000);
        for (int i = 0; i < 100 && !otherLog.heard(Ready.INPUT); i++) step(poller);
        assertThat(received(other)).isEqualTo(pattern(1_000));
        SlabChain pong = chain(2_000);
        assertThat(other.send(pong)).isEqualTo(2_000);
        stepUntil(Ready.INPUT);
        assertThat(received(dialed)).isEqualTo(pattern(2_000));
        log.told.clear();
        other.shutdownOutput();
        stepUntil(Ready.INPUT_END | Ready.INPUT);
        assertThat(dialed.receive(buffer, CAPACITY)).isZero();
    }

    @Test
    void aConnectionToNobodyIsRefused() throws IOException {
        SocketAddress nobody = port.address();
        port.close();
        settle(poller);
        int outcome;
        try {
            outcome = outcomeOf(poller.connect(nobody, SocketOptions.defaults()));
        } catch (ConnectException atOnce) {
            assertThat(atOnce).hasMessageContaining(nobody + ": Connection refused");
            return;
        }
        assertThat(outcome).isEqualTo(-Errno.ECONNREFUSED);
    }

    @Test
    void aWireThatIsClosedWhileItConnectsHearsNothing() throws IOException {
        Wire dialed = poller.connect(port.address(), SocketOptions.defaults().withBuffers(1, 1));
        poller.register(dialed, log);
        dialed.close();
        settle(poller);
        settle(poller);
        assertThat(log.told).isEmpty();
    }

    @Test
    void waitingConnectionsCanBeTurnedAway() throws IOException {
        peers.add(connect(port.address()));
        peers.add(connect(port.address()));
        for (int i = 0; i < 100 && portLog.told.isEmpty(); i++) step(poller);
        int shed = 0;
        for (int i = 0; i < 100 && shed < 2; i++) {
            shed += port.shed();
            settle(poller);
        }
        assertThat(shed).isEqualTo(2);
        assertThat(port.accept()).isNull();
        assertThat(peers.get(0).isAtEnd()).isTrue();
    }

    SlabChain chain(int bytes) {
        SlabChain chain = new SlabChain(pool);
        chain.append(pattern(bytes), 0, bytes);
        return chain;
    }

    static byte[] pattern(int bytes) {
        byte[] pattern = new byte[bytes];
        new Random(bytes).nextBytes(pattern);
        return pattern;
    }

    static byte[] slice(byte[] bytes, int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }
}

package io.gyrfalcon.transport.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.fake.FakeClient;
import io.gyrfalcon.eventloop.fake.Weather;
import io.gyrfalcon.tls.Client;
import io.gyrfalcon.tls.Fixtures;
import io.gyrfalcon.tls.TlsSettings.ClientAuth;
import io.gyrfalcon.transport.fixtures.Link;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** Calls over TLS, and handshakes that come to nothing. */
class TlsLinkTest {
    private Rig rig = new Rig(Rig.settings(), Fixtures.server("rsa"), 2);
    private FakeClient wire;
    private Client tls;

    @AfterEach
    void close() {
        rig.close();
    }

    private void connect(String protocol, String... alpn) {
        wire = rig.connect();
        SSLContext context = Client.context(null);
        tls = new Client(context, protocol, alpn);
    }

    /** Passes bytes both ways until there are none. */
    private void pass() throws SSLException {
        for (int i = 0; i < 20; i++) {
            byte[] up = tls.take();
            if (up.length > 0) wire.write(up);
            rig.settle();
            byte[] down = wire.read();
            if (down.length > 0) tls.accept(down);
            if (up.length == 0 && down.length == 0) return;
        }
    }

    private RawClient client(String protocol) throws SSLException {
        connect(protocol, "h2");
        pass();
        RawClient client = new RawClient(new Encrypted()).hello();
        go(client);
        client.lines();
        return client;
    }

    private void go(RawClient client) throws SSLException {
        client.flush();
        pass();
    }

    /** The client's bytes, in records. */
    private final class Encrypted implements Link {
        private int seen;

        @Override
        public void write(byte[] bytes) {
            try {
                tls.send(bytes);
            } catch (SSLException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public byte[] read() {
            byte[] all = tls.received.toByteArray();
            int from = seen;
            seen = all.length;
            return java.util.Arrays.copyOfRange(all, from, all.length);
        }
    }

    private void aCallIsServed(String protocol) throws SSLException {
        rig.notes.onEnd = call -> call.answer("yes");
        RawClient client = client(protocol);
        ServerConnection connection = rig.notes.connections.getFirst();
        assertThat(connection.tlsSession().getProtocol()).isEqualTo(protocol);
        client.request(1, "/a/b", false).message(1, true, "hello");
        go(client);
        assertThat(rig.notes.take())
                .containsExactly("0 message 'hello' last", "0 sent", "0 closed");
        assertThat(client.lines(1)).hasSize(3).last().isEqualTo("HEADERS 1 grpc-status: 0 end");
    }

    @Test
    void aCallIsServedOverTls13() throws SSLException {
        aCallIsServed("TLSv1.3");
    }

    @Test
    void aCallIsServedOverTls12() throws SSLException {
        aCallIsServed("TLSv1.2");
    }

    @Test
    void aPeerThatReadsMayChangeItsSettingsAsOftenAsItLikes() throws SSLException {
        RawClient client = client("TLSv1.3");
        for (int i = 0; i < 20_000; i++) client.out().settings();
        client.request(1, "/a/b", true);
        go(client);
        assertThat(client.lines()).hasSize(20_000).allMatch("SETTINGS ack"::equals);
        assertThat(rig.notes.take()).containsExactly("0 halfClose");
    }

    @Test
    void aConnectionMovesBetweenItsRecordsWithItsCalls() throws SSLException {
        rig.notes.onEnd = call -> call.answer("yes");
        RawClient client = client("TLSv1.3");
        ServerConnection connection = rig.notes.connections.getFirst();
        Loop second = rig.group.loop(1);
        client.request(1, "/a/b", false);
        go(client);
        client.message(1, true, "hello").flush();
        byte[] record = tls.take();
        wire.write(java.util.Arrays.copyOf(record, 10));
        rig.settle();
        assertThat(connection.moveTo(second)).isFalse();
        wire.write(java.util.Arrays.copyOfRange(record, 10, record.length));
        rig.settle();
        assertThat(connection.moveTo(second)).isTrue();
        pass();
        assertThat(connection.isOn(second)).isTrue();
        assertThat(client.lines(1)).last().isEqualTo("HEADERS 1 grpc-status: 0 end");
        client.request(3, "/a/b", false).message(3, true, "again");
        go(client);
        assertThat(client.lines(3)).hasSize(3).last().isEqualTo("HEADERS 3 grpc-status: 0 end");
    }

    @Test
    void aConnectionCountsAsReadyOnlyAfterItsHandshake() throws SSLException {
        connect("TLSv1.3", "h2");
        wire.write(tls.take());
        rig.settle();
        assertThat(rig.notes.connected).isZero();
        assertThat(rig.server.connectionCount()).isEqualTo(1);
        tls.accept(wire.read());
        pass();
        assertThat(rig.notes.connected).isEqualTo(1);
    }

    @Test
    void aHandshakeThatTakesTooLongIsGivenUp() throws SSLException {
        connect("TLSv1.3", "h2");
        rig.simulation.runFor(9 * Rig.SECOND);
        assertThat(rig.server.connectionCount()).isEqualTo(1);
        rig.simulation.runFor(2 * Rig.SECOND);
        assertThat(rig.server.connectionCount()).isZero();
        assertThat(rig.notes.connected).isZero();
        assertThat(rig.notes.disconnected).isEqualTo(1);
        assertThat(wire.isEnded() || wire.isReset()).isTrue();
    }

    @Test
    void theTimeForThePrefaceBeginsAfterTheHandshake() throws SSLException {
        connect("TLSv1.3", "h2");
        rig.simulation.runFor(9 * Rig.SECOND);
        pass();
        rig.simulation.runFor(8 * Rig.SECOND);
        assertThat(rig.server.connectionCount()).isEqualTo(1);
        rig.simulation.runFor(4 * Rig.SECOND);
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void aHandshakeWithoutH2Fails() throws SSLException {
        connect("TLSv1.3", "http/1.1");
        try {
            pass();
        } catch (SSLException refused) {
            assertThat(refused).hasMessageContaining("alert");
        }
        rig.simulation.runFor(2 * Rig.SECOND);
        assertThat(rig.notes.connected).isZero();
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void plainBytesOnATlsPortAreAnsweredWithTheEnd() {
        FakeClient plain = rig.connect();
        plain.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes());
        rig.simulation.runFor(2 * Rig.SECOND);
        assertThat(plain.read()).isEmpty();
        assertThat(plain.isEnded() || plain.isReset()).isTrue();
        assertThat(rig.server.connectionCount()).isZero();
        assertThat(rig.notes.connected).isZero();
    }

    @Test
    void bytesAfterAFailureAreDropped() {
        FakeClient plain = rig.connect();
        plain.write("GET / HTTP/1.1\r\n\r\n".getBytes());
        rig.settle();
        plain.write("GET / HTTP/1.1\r\n\r\n".getBytes());
        rig.simulation.runFor(2 * Rig.SECOND);
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void aConnectionInItsHandshakeIsClosedByDraining() throws SSLException {
        connect("TLSv1.3", "h2");
        wire.write(tls.take());
        rig.settle();
        rig.server.drain();
        rig.settle();
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void aConnectionInItsHandshakeIsClosedNow() throws SSLException {
        connect("TLSv1.3", "h2");
        rig.settle();
        rig.server.closeNow("now");
        rig.settle();
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void theEndOfInputWithinAHandshakeEndsTheConnection() throws SSLException {
        connect("TLSv1.3", "h2");
        wire.write(tls.take());
        wire.halfClose();
        rig.simulation.runFor(2 * Rig.SECOND);
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void aConnectionThatIsLostWhileATaskRunsEndsQuietly() throws SSLException {
        connect("TLSv1.3", "h2");
        wire.write(tls.take());
        // The task runs at the end of the turn, its letter is read in the next one.
        rig.loop.turn(0);
        rig.loop.turn(0);
        wire.reset();
        rig.settle();
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void whatArrivesWhileACertificateIsCheckedWaitsInTheSocket() throws SSLException {
        rig.close();
        rig = new Rig(Rig.settings(), Fixtures.server("rsa", ClientAuth.REQUIRE), 1);
        wire = rig.connect();
        tls = new Client(Client.context("client"), "TLSv1.3", "h2");
        wire.write(tls.take());
        rig.settle();
        tls.accept(wire.read());
        RawClient client = new RawClient(new Encrypted()).hello();
        for (int i = 0; i < 40_000; i++) client.out().settings();
        client.request(1, "/a/b", true);
        go(client);
        assertThat(client.lines()).filteredOn("SETTINGS ack"::equals).hasSize(40_001);
        assertThat(rig.notes.take()).containsExactly("0 halfClose");
    }

    @Test
    void closeNotifyByThePeerCancelsOpenCalls() throws SSLException {
        RawClient client = client("TLSv1.3");
        client.request(1, "/a/b", false);
        go(client);
        tls.close();
        pass();
        rig.simulation.runFor(2 * Rig.SECOND);
        assertThat(rig.notes.take()).containsExactly("0 start", "0 reset");
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void drainingEndsInCloseNotifyBehindTheLastAnswer() throws SSLException {
        RawClient client = client("TLSv1.3");
        client.request(1, "/a/b", false);
        go(client);
        rig.server.drain();
        pass();
        rig.simulation.runFor(30 * Rig.SECOND);
        rig.notes.onEnd = call -> call.answer("last");
        client.message(1, true, "1");
        client.flush();
        for (int i = 0; i < 5; i++) {
            wire.write(tls.take());
            rig.settle();
            tls.accept(wire.read());
        }
        assertThat(client.lines(1)).last().isEqualTo("HEADERS 1 grpc-status: 0 end");
        assertThat(tls.isInboundClosed).isTrue();
        rig.simulation.runFor(2 * Rig.SECOND);
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void aLargeAnswerDoesNotGatherBehindASlowSocket() throws SSLException {
        RawClient client = client("TLSv1.3");
        client.out().settings(4, 1 << 24).windowUpdate(0, 1 << 24);
        go(client);
        rig.simulation.network().weather(Weather.calm().withBuffer(20_000));
        rig.notes.onEnd =
                call -> {
                    call.begin();
                    for (int i = 0; i < 100; i++) call.send("x".repeat(10_000));
                    call.end();
                };
        client.request(1, "/a/b", true);
        client.flush();
        wire.write(tls.take());
        rig.settle();
        // What waits is the stream's, not the socket's: it can be counted, and dropped by a reset.
        assertThat(rig.notes.call(0).call.isReady()).isFalse();
        assertThat(rig.notes.take()).containsExactly("0 halfClose");
        for (int i = 0; i < 300; i++) {
            tls.accept(wire.read());
            rig.settle();
        }
        assertThat(client.data()).hasSize(100 * 10_005);
        assertThat(rig.notes.take()).containsExactly("0 sent", "0 closed");
    }

    @Test
    void manyConnectionsShareTheirScratch() throws SSLException {
        for (int i = 0; i < 3; i++) client("TLSv1.3");
        assertThat(rig.notes.connected).isEqualTo(3);
        assertThat(List.copyOf(rig.notes.connections)).hasSize(3);
    }
}

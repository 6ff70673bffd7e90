package io.gyrfalcon.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;
import io.gyrfalcon.tls.TlsSession.State;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import javax.net.ssl.SSLException;

/** Peers, engines and memory that fail a session. */
class TlsFaultTest extends SessionSuite {
    @Test
    void moreThanTheLimitDuringATaskFails() throws SSLException {
        Server server = kept(new Server(settings.newEngine(), new TlsLimits(16 << 10, 10)));
        server.runsTasks = false;
        server.receive(client("TLSv1.3").take());
        assertThat(server.session.state()).isEqualTo(State.NEEDS_TASK);
        assertThat(server.receive(new byte[16 << 10])).isEqualTo(State.NEEDS_TASK);

        assertThat(server.receive(new byte[1])).isEqualTo(State.FAILED);

        assertThat(server.session.failure()).isEqualTo("more than 16384 bytes while a task runs");
        server.session.task().run();
        assertThat(server.session.onTaskDone(server, server.out)).isEqualTo(State.FAILED);
    }

    @Test
    void aHandshakeThatTakesTooManyBytesFails() throws SSLException {
        Server server = kept(new Server(settings.newEngine(), new TlsLimits(16 << 10, 10)));
        byte[] hello = client("TLSv1.3").take();
        server.receive(hello);
        byte[] padding = new byte[16384 + 5];
        padding[0] = 22;
        padding[1] = 3;
        padding[2] = 3;
        padding[3] = 0x40;

        assertThat(server.receive(padding)).isEqualTo(State.FAILED);
        assertThat(server.session.failure()).isEqualTo("the handshake took more than 16384 bytes");
    }

    @Test
    void keyUpdatesWithoutDataAreLimited() throws SSLException {
        Server server = kept(new Server(settings.newEngine(), new TlsLimits(128 << 10, 5)));
        Client client = client("TLSv1.3");
        server.talk(client);
        for (int i = 0; i < 5; i++) keyUpdate(client, server);
        assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);
        client.send(new byte[1]);
        server.talk(client);
        for (int i = 0; i < 5; i++) keyUpdate(client, server);
        assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);

        keyUpdate(client, server);

        assertThat(server.session.state()).isEqualTo(State.FAILED);
        assertThat(server.session.failure()).isEqualTo("more than 5 records without data");
    }

    @Test
    void answersToKeyUpdatesThatNobodyReadsAreLimited() throws SSLException {
        Server server = kept(new Server(settings.newEngine(), new TlsLimits(128 << 10, 5)));
        Client client = client("TLSv1.3");
        server.talk(client);
        for (int i = 0; i < 5; i++) keyUpdateBeforeData(client, server);
        assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);
        server.take();
        for (int i = 0; i < 5; i++) keyUpdateBeforeData(client, server);
        assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);

        keyUpdateBeforeData(client, server);

        assertThat(server.session.state()).isEqualTo(State.FAILED);
        assertThat(server.session.failure()).isEqualTo("more than 5 answers are not read");
    }

    private static void keyUpdateBeforeData(Client client, Server server) throws SSLException {
        client.engine.beginHandshake();
        server.receive(client.take());
        client.send(new byte[1]);
        server.receive(client.take());
    }

    private static void keyUpdate(Client client, Server server) throws SSLException {
        client.engine.beginHandshake();
        server.receive(client.take());
        client.accept(server.take());
    }

    @Test
    void renegotiationIsRefused() throws SSLException {
        Client client = client("TLSv1.2");
        Server server = established(client);
        client.engine.beginHandshake();

        server.receive(client.take());

        assertThat(server.session.state()).isEqualTo(State.FAILED);
        assertThat(server.session.failure())
                .isEqualTo("the peer asks for renegotiation: RFC 9113 §9.2.1");
        assertThat(server.take()[0]).isEqualTo((byte) 21);
    }

    @Test
    void whatIsNoTlsIsNamedAndAnsweredByAnAlertUnlessItIsText() {
        String[][] cases = {
            {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "found a plain-text HTTP/2 preface"},
            {"GET / HTTP/1.1\r\n\r\n", "found a plain-text HTTP/1 request"},
            {"POST /a HTTP/1.1\r\n\r\n", "found a plain-text HTTP/1 request"},
            {"OPTIONS * HTTP/1.1\r\n", "found a plain-text HTTP/1 request"},
            {"hello", "found bytes 68656c6c6f"},
            {"\u0015\u0003\u0003\u0000\u0002\u0002\u0028", "found bytes 1503030002"},
            {"\u0016\u0004\u0003\u0000\u0002\u0002\u0028", "found bytes 1604030002"},
            {"\u0080\u002e\u0001\u0003\u0001", "found bytes 802e010301"},
        };
        for (String[] row : cases) {
            byte[] bytes = row[0].getBytes(ISO_8859_1);
            for (int split = 0; split < bytes.length; split++) {
                Server server = server();
                server.receive(bytes, 0, split);
                server.receive(bytes, split, bytes.length - split);
                assertThat(server.session.state()).isEqualTo(State.FAILED);
                assertThat(server.session.failure())
                        .isEqualTo(row[1] + " (expected: a TLS record)");
                if (Character.isLetter(bytes[0])) {
                    assertThat(server.take()).isEmpty();
                } else {
                    assertThat(server.take()).containsExactly(21, 3, 3, 0, 2, 2, 10);
                }
                assertThat(server.pool.outstanding()).isZero();
            }
        }
    }

    @Test
    void fewerThanFiveBytesDecideNothing() {
        Server server = server();
        assertThat(server.receive("PRI ".getBytes(ISO_8859_1))).isEqualTo(State.HANDSHAKING);
        assertThat(server.receive(new byte[0])).isEqualTo(State.HANDSHAKING);
    }

    @Test
    void aRecordOfTheLimitPassesTheHeaderAndOneByteMoreDoesNot() {
        int max = Records.RECORD_BYTES_MAX - 5;
        byte[] legal = {22, 3, 1, (byte) (max >> 8), (byte) max};
        assertThat(server().receive(legal)).isEqualTo(State.HANDSHAKING);

        byte[] tooLong = {22, 3, 1, (byte) (max + 1 >> 8), (byte) (max + 1)};
        Server server = server();
        assertThat(server.receive(tooLong)).isEqualTo(State.FAILED);
        assertThat(server.session.failure())
                .isEqualTo("found a record of 18438 bytes (expected: <= 18437)");
        assertThat(server.take()).containsExactly(21, 3, 3, 0, 2, 2, 22);
    }

    @Test
    void anOversizedRecordOnAnEstablishedSessionFails() throws SSLException {
        Client client = client("TLSv1.3");
        Server server = established(client);

        assertThat(server.receive(new byte[] {23, 3, 3, -1, -1, 0})).isEqualTo(State.FAILED);

        assertThat(server.session.failure()).startsWith("found a record of 65540 bytes");
        client.accept(server.take());
        assertThat(client.isInboundClosed).isTrue();
    }

    @Test
    void garbageOnAnEstablishedSessionFails() throws SSLException {
        Client client = client("TLSv1.3");
        Server server = established(client);

        assertThat(server.receive("GET / HTTP/1.1".getBytes(ISO_8859_1))).isEqualTo(State.FAILED);

        assertThat(server.session.failure()).startsWith("found a plain-text HTTP/1 request");
        assertThat(server.receive(new byte[10])).isEqualTo(State.FAILED);
        server.session.close(server.out);
        assertThat(server.session.state()).isEqualTo(State.FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aForgedRecordFailsWithAnAlert(String protocol) throws SSLException {
        Client client = client(protocol);
        Server server = established(client);
        client.send("hello".getBytes(ISO_8859_1));
        byte[] record = client.take();
        record[record.length - 1] ^= 1;

        assertThat(server.receive(record)).isEqualTo(State.FAILED);

        assertThat(server.received.size()).isZero();
        assertThat(server.session.failure()).isNotBlank();
        byte[] alert = server.take();
        assertThatThrownBy(() -> client.accept(alert)).hasMessageContaining("bad_record_mac");
    }

    @Test
    void everyCutAndFlipOfAHelloIsAnsweredAndNeverThrown() throws SSLException {
        byte[] hello = client("TLSv1.3").take();
        Random random = new Random(7);
        for (int i = 0; i < 150; i++) {
            byte[] broken = hello.clone();
            broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
            if (i % 2 == 0) {
                int cut = 5 + random.nextInt(hello.length - 5);
                broken = Arrays.copyOf(broken, cut);
                broken[3] = (byte) (cut - 5 >> 8);
                broken[4] = (byte) (cut - 5);
            }
            Server server = server();
            server.receive(broken);
            if (server.session.state() == State.FAILED) {
                assertThat(server.session.failure()).isNotBlank();
            }
            server.session.discard();
        }
    }

    @Test
    void anExhaustedBudgetFailsTheSession() throws SSLException {
        SlabPool none = SlabPool.forLoop(new Budget(1));
        TlsScratch scratch = new TlsScratch();
        Server helper = server();
        TlsSession session = new TlsSession(settings.newEngine(), none, scratch);
        byte[] hello = client("TLSv1.3").take();
        try (java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined()) {
            java.lang.foreign.MemorySegment bytes = arena.allocate(hello.length);
            bytes.copyFrom(java.lang.foreign.MemorySegment.ofArray(hello));
            assertThat(session.receive(bytes, 0, 10, helper, helper.out)).isEqualTo(State.FAILED);
        }
        assertThat(session.failure()).isEqualTo("memory budget exhausted");
        none.close();
    }

    @Test
    void outputThatFindsNoMemoryFailsTheSession() throws SSLException {
        Client client = client("TLSv1.3");
        Server server = established(client);
        SlabPool none = SlabPool.forLoop(new Budget(1));

        server.plain.append(new byte[10], 0, 10);
        server.session.wrap(server.plain, new SlabChain(none));

        assertThat(server.session.state()).isEqualTo(State.FAILED);
        assertThat(server.plain.isEmpty()).isTrue();
        none.close();
    }

    @Test
    void aTaskThatFindsNoMemoryFailsTheSession() throws SSLException {
        Client client = client("TLSv1.3");
        Server server = server();
        server.runsTasks = false;
        server.receive(client.take());
        SlabPool none = SlabPool.forLoop(new Budget(1));
        server.session.task().run();

        assertThat(server.session.onTaskDone(server, new SlabChain(none))).isEqualTo(State.FAILED);

        assertThat(server.session.failure()).isEqualTo("memory budget exhausted");
        none.close();
    }

    @Test
    void aSinkThatClosesTheSessionGetsNothingMore() throws SSLException {
        Client client = client("TLSv1.3");
        Server server = established(client);
        client.send("one".getBytes(ISO_8859_1));
        client.send("two".getBytes(ISO_8859_1));
        byte[] bytes = client.take();
        List<Integer> lengths = new ArrayList<>();
        try (java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined()) {
            java.lang.foreign.MemorySegment segment = arena.allocate(bytes.length);
            segment.copyFrom(java.lang.foreign.MemorySegment.ofArray(bytes));
            PlainSink closing =
                    (plain, offset, length) -> {
                        lengths.add(length);
                        server.session.close(server.out);
                    };
            server.session.receive(segment, 0, bytes.length, closing, server.out);
        }
        assertThat(lengths).containsExactly(3);
        assertThat(server.session.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void whatTheEngineThrowsFailsTheSessionAndGoesNoFurther() throws SSLException {
        for (Broken.Way way : Broken.Way.values()) {
            Client client = client("TLSv1.3");
            Broken engine = new Broken(settings.newEngine());
            Server server = kept(new Server(engine, TlsLimits.DEFAULT));
            server.talk(client);
            assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);

            engine.way = way;
            client.send(new byte[10]);
            if (way.isWrap) server.send(new byte[10]);
            else server.receive(client.take());

            assertThat(server.session.state()).as("%s", way).isEqualTo(State.FAILED);
            assertThat(server.session.failure()).as("%s", way).contains(way.text);
            assertThat(server.plain.isEmpty()).isTrue();
        }
    }

    @Test
    void aCloseThatTheEngineCannotSayIsSilent() throws SSLException {
        Client client = client("TLSv1.2");
        Broken engine = new Broken(settings.newEngine());
        Server server = kept(new Server(engine, TlsLimits.DEFAULT));
        server.talk(client);
        engine.way = Broken.Way.WRAP_THROWS;
        client.close();
        byte[] bytes = client.take();

        assertThat(server.receive(bytes)).isEqualTo(State.CLOSED);
        server.session.close(server.out);

        assertThat(server.out.isEmpty()).isTrue();
    }
}

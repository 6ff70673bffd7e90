package io.gyrfalcon.tls;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.tls.TlsSession.State;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** Sessions that talk and close as they should. */
class TlsSessionTest extends SessionSuite {
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void bytesPassBothWays(String protocol) throws SSLException {
        Client client = client(protocol);
        Server server = established(client);
        assertThat(server.session.alpn()).isEqualTo("h2");
        assertThat(server.session.session().getProtocol()).isEqualTo(protocol);
        assertThat(server.tasks).isPositive();

        client.send("hello".getBytes(ISO_8859_1));
        server.send("world".getBytes(ISO_8859_1));
        server.talk(client);

        assertThat(server.received.toString(ISO_8859_1)).isEqualTo("hello");
        assertThat(client.received.toString(ISO_8859_1)).isEqualTo("world");
        assertThat(server.session.failure()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ec", "ed25519"})
    void everyKindOfKeyServes(String key) throws SSLException {
        for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
            Server server = server(Fixtures.server(key));
            server.talk(client(protocol));
            assertThat(server.session.state()).as(protocol).isEqualTo(State.ESTABLISHED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void anIdleEstablishedSessionHoldsNoSlab(String protocol) throws SSLException {
        Client client = client(protocol);
        Server server = established(client);
        assertThat(server.pool.outstanding()).isZero();

        client.send(new byte[100_000]);
        server.talk(client);

        assertThat(server.received.size()).isEqualTo(100_000);
        assertThat(server.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aHandshakeByteByByteSucceeds(String protocol) throws SSLException {
        Client client = client(protocol);
        Server server = server();
        for (int round = 0; round < 4; round++) {
            for (byte b : client.take()) server.receive(new byte[] {b});
            client.accept(server.take());
        }
        assertThat(server.session.failure()).isNull();
        assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);
        client.send("hello".getBytes(ISO_8859_1));
        for (byte b : client.take()) server.receive(new byte[] {b});

        assertThat(server.received.toString(ISO_8859_1)).isEqualTo("hello");
        assertThat(server.pool.outstanding()).isZero();
    }

    @Test
    void everySplitOfTwoRecordsGivesTheSameBytes() throws SSLException {
        int length = sealed(client("TLSv1.3"), "one", "three").length;
        for (int split = 0; split <= length; split++) {
            Client client = client("TLSv1.3");
            Server server = established(client);
            byte[] bytes = sealed(client, "one", "three");
            server.receive(bytes, 0, split);
            server.receive(bytes, split, bytes.length - split);
            assertThat(server.received.toString(ISO_8859_1)).isEqualTo("onethree");
            if (split > 8 && length - split > 8) split += 11;
        }
    }

    private byte[] sealed(Client client, String... texts) throws SSLException {
        if (client.engine.getApplicationProtocol() == null) established(client);
        for (String text : texts) client.send(text.getBytes(ISO_8859_1));
        return client.take();
    }

    @Test
    void randomTalkInRandomPiecesArrivesWhole() throws SSLException {
        for (long seed = 0; seed < 6; seed++) {
            System.out.println("seed " + seed);
            Random random = new Random(seed);
            Client client = client(random.nextBoolean() ? "TLSv1.3" : "TLSv1.2");
            Server server = server();
            server.talk(client, random);
            java.io.ByteArrayOutputStream up = new java.io.ByteArrayOutputStream();
            java.io.ByteArrayOutputStream down = new java.io.ByteArrayOutputStream();
            for (int i = 0; i < 6; i++) {
                byte[] bytes = new byte[random.nextInt(random.nextBoolean() ? 50 : 40_000)];
                random.nextBytes(bytes);
                if (random.nextBoolean()) {
                    client.send(bytes);
                    up.writeBytes(bytes);
                } else {
                    server.send(bytes);
                    down.writeBytes(bytes);
                }
                server.talk(client, random);
            }
            assertThat(server.received.toByteArray()).isEqualTo(up.toByteArray());
            assertThat(client.received.toByteArray()).isEqualTo(down.toByteArray());
            assertThat(server.pool.outstanding()).isZero();
        }
    }

    @Test
    void outputIsWrappedInRecordsOf16KiB() throws SSLException {
        Client client = client("TLSv1.3");
        Server server = established(client);

        for (int i = 0; i < 40; i++) server.plain.append(new byte[1000], 0, 1000);
        server.session.wrap(server.plain, server.out);

        assertThat(server.plain.isEmpty()).isTrue();
        byte[] sent = server.take();
        assertThat(recordLengths(sent)).hasSize(3).startsWith(16384 + 16, 16384 + 16);
        client.accept(sent);
        assertThat(client.received.size()).isEqualTo(40_000);
    }

    private static List<Integer> recordLengths(byte[] bytes) {
        List<Integer> lengths = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += 5 + lengths.getLast()) {
            lengths.add((bytes[at + 3] & 0xFF) << 8 | bytes[at + 4] & 0xFF);
        }
        return lengths;
    }

    @Test
    void beforeTheHandshakeOutputStaysWhereItIs() {
        Server server = server();

        server.send(new byte[10]);

        assertThat(server.plain.bytes()).isEqualTo(10);
        assertThat(server.out.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void closeNotifyOfThePeerClosesTheSession(String protocol) throws SSLException {
        Client client = client(protocol);
        Server server = established(client);
        client.send("last".getBytes(ISO_8859_1));
        client.close();

        server.talk(client);

        assertThat(server.session.state()).isEqualTo(State.CLOSED);
        assertThat(server.received.toString(ISO_8859_1)).isEqualTo("last");
        assertThat(server.receive(new byte[10])).isEqualTo(State.CLOSED);
        server.session.close(server.out);
        client.accept(server.take());
        assertThat(client.isInboundClosed || client.engine.isInboundDone()).isTrue();
    }

    @Test
    void afterThePeersCloseNotifyTls13MayStillSend() throws SSLException {
        Client client = client("TLSv1.3");
        Server server = established(client);
        client.close();
        server.receive(client.take());
        assertThat(server.session.state()).isEqualTo(State.CLOSED);

        server.send("answer".getBytes(ISO_8859_1));
        client.accept(server.take());

        assertThat(client.received.toString(ISO_8859_1)).isEqualTo("answer");
    }

    @Test
    void afterThePeersCloseNotifyTls12AnswersAndDropsOutput() throws SSLException {
        Client client = client("TLSv1.2");
        Server server = established(client);
        client.close();
        server.receive(client.take());
        assertThat(server.take()).isNotEmpty();

        server.send("answer".getBytes(ISO_8859_1));

        assertThat(server.plain.isEmpty()).isTrue();
        assertThat(server.out.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void ourCloseSaysCloseNotify(String protocol) throws SSLException {
        Client client = client(protocol);
        Server server = established(client);
        server.send("bye".getBytes(ISO_8859_1));

        server.session.close(server.out);
        server.session.close(server.out);
        client.accept(server.take());

        assertThat(client.received.toString(ISO_8859_1)).isEqualTo("bye");
        assertThat(client.isInboundClosed).isTrue();
        server.send("late".getBytes(ISO_8859_1));
        assertThat(server.plain.isEmpty()).isTrue();
    }

    @Test
    void closeBeforeAnythingWasSaidSaysNothing() {
        Server server = server();

        server.session.close(server.out);

        assertThat(server.out.isEmpty()).isTrue();
        assertThat(server.session.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void closeWhileATaskRunsLeavesTheEngineAlone() throws SSLException {
        Server server = server();
        server.runsTasks = false;
        server.receive(client("TLSv1.3").take());

        server.session.close(server.out);

        assertThat(server.out.isEmpty()).isTrue();
        server.session.task().run();
        assertThat(server.session.onTaskDone(server, server.out)).isEqualTo(State.CLOSED);
    }

    @Test
    void closeDuringTheHandshakeTellsTheClient() throws SSLException {
        Client client = client("TLSv1.3");
        Server server = server();
        server.receive(client.take());
        client.accept(server.take());

        server.session.close(server.out);
        server.session.close(server.out);

        assertThat(server.session.state()).isEqualTo(State.CLOSED);
        assertThat(server.out.isEmpty()).isFalse();
    }

    @Test
    void aRecordThatNeverEndsIsGivenBack() throws SSLException {
        Client client = client("TLSv1.3");
        Server truncated = established(client);
        client.send(new byte[100]);
        truncated.receive(client.take(), 0, 50);
        assertThat(truncated.pool.outstanding()).isEqualTo(1);
        truncated.session.discard();
        assertThat(truncated.pool.outstanding()).isZero();
    }

    @Test
    void aKeyUpdateIsAnsweredAndWorkGoesOn() throws SSLException {
        Client client = client("TLSv1.3");
        Server server = established(client);
        for (int i = 0; i < 3; i++) {
            client.engine.beginHandshake();
            byte[] update = client.take();
            assertThat(update).isNotEmpty();
            server.receive(update);
            assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);
            client.accept(server.take());
            client.send("up".getBytes(ISO_8859_1));
            server.send("down".getBytes(ISO_8859_1));
            server.talk(client);
        }
        assertThat(server.received.toString(ISO_8859_1)).isEqualTo("upupup");
        assertThat(client.received.toString(ISO_8859_1)).isEqualTo("downdowndown");
    }

    @Test
    void aSessionIsResumedByItsTicket() throws SSLException {
        SSLContext context = Client.context(null);
        for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
            long first = 0;
            for (int i = 0; i < 2; i++) {
                Client client = new Client(context, protocol, "h2");
                Server server = server();
                server.talk(client);
                assertThat(server.session.failure()).isNull();
                client.send(new byte[1]);
                server.talk(client);
                assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);
                long created = client.engine.getSession().getCreationTime();
                if (i == 0) first = created;
                else assertThat(created).as(protocol).isEqualTo(first);
                client.close();
                server.talk(client);
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

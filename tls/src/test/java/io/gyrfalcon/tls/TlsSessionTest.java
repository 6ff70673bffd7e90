package io.gyrfalcon.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;
import io.gyrfalcon.tls.TlsSession.State;
import io.gyrfalcon.tls.TlsSettings.ClientAuth;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

class TlsSessionTest {
    private static SSLContext clients;
    private static TlsSettings settings;

    private final List<Server> servers = new ArrayList<>();

    @BeforeAll
    static void makeSettings() {
        clients = Client.context(null);
        settings = Fixtures.server("ec");
    }

    @AfterEach
    void noSlabIsOutstanding() {
        for (Server server : servers) {
            server.session.discard();
            server.out.clear();
            server.plain.clear();
            assertThat(server.pool.outstanding()).isZero();
            server.pool.close();
        }
    }

    private Server server() {
        return server(settings);
    }

    private Server server(TlsSettings settings) {
        return kept(new Server(settings));
    }

    private Server kept(Server server) {
        servers.add(server);
        return server;
    }

    private static Client client(String protocol) {
        return new Client(clients, protocol, "h2");
    }

    private Server established(Client client) throws SSLException {
        Server server = server();
        server.talk(client);
        assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);
        return server;
    }

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

    @Test
    void bytesThatArriveDuringATaskWait() throws SSLException {
        Client client = client("TLSv1.3");
        Server server = server();
        server.runsTasks = false;
        byte[] hello = client.take();

        assertThat(server.receive(hello)).isEqualTo(State.NEEDS_TASK);
        server.session.task().run();
        assertThat(server.session.onTaskDone(server, server.out)).isNotEqualTo(State.FAILED);
        server.runTasks();
        client.accept(server.take());
        byte[] finished = client.take();
        client.send("early".getBytes(ISO_8859_1));
        byte[] data = client.take();
        server.runsTasks = true;
        server.receive(finished);
        server.receive(data);
        assertThat(server.received.toString(ISO_8859_1)).isEqualTo("early");
    }

    @Test
    void aWholeFlightThatArrivesDuringATaskIsTakenAfterwards() throws SSLException {
        SSLContext context = Client.context("client");
        Client client = new Client(context, "TLSv1.2", "h2");
        Server server = server(Fixtures.server("ec", ClientAuth.REQUIRE));
        server.receive(client.take());
        client.accept(server.take());
        byte[] flight = client.take();
        server.runsTasks = false;
        int at = 0;
        while (at < flight.length) server.receive(flight, at++, 1);
        assertThat(server.session.state()).isEqualTo(State.NEEDS_TASK);

        server.runTasks();
        server.runsTasks = true;
        server.talk(client);

        assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);
        assertThat(server.pool.outstanding()).isZero();
    }

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
        assertThat(server.session.onInputEnd()).isEqualTo(State.CLOSED);
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
    void theEndOfInputIsNamedByWhereItHappens() throws SSLException {
        Server fresh = server();
        assertThat(fresh.session.onInputEnd()).isEqualTo(State.FAILED);
        assertThat(fresh.session.failure())
                .isEqualTo("the peer closed the connection during the handshake");

        Server silent = established(client("TLSv1.3"));
        assertThat(silent.session.onInputEnd()).isEqualTo(State.FAILED);
        assertThat(silent.session.failure())
                .isEqualTo("the peer closed the connection without close_notify");

        Client client = client("TLSv1.3");
        Server truncated = established(client);
        client.send(new byte[100]);
        truncated.receive(client.take(), 0, 50);
        assertThat(truncated.session.onInputEnd()).isEqualTo(State.FAILED);
        assertThat(truncated.session.failure())
                .isEqualTo("the peer closed the connection within a record");
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

    private static void keyUpdate(Client client, Server server) throws SSLException {
        client.engine.beginHandshake();
        server.receive(client.take());
        client.accept(server.take());
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
    void aClientWithoutAlpnGetsTheAlertForIt() throws SSLException {
        refusesAlpn(new Client(clients, "TLSv1.3"), "no application protocol");
        refusesAlpn(new Client(clients, "TLSv1.2"), "no application protocol");
    }

    @Test
    void aClientWithOtherProtocolsGetsTheAlertForIt() throws SSLException {
        refusesAlpn(new Client(clients, "TLSv1.3", "http/1.1"), "http/1.1");
        refusesAlpn(new Client(clients, "TLSv1.2", "h3", "http/1.1"), "h3, http/1.1");
    }

    private void refusesAlpn(Client client, String offered) throws SSLException {
        Server server = server();
        assertThat(server.receive(client.take())).isEqualTo(State.FAILED);
        assertThat(server.session.failure())
                .isEqualTo("the client offers " + offered + " by ALPN (expected: h2)");
        byte[] alert = server.take();
        assertThat(alert).containsExactly(21, 3, 3, 0, 2, 2, 120);
        assertThatThrownBy(() -> client.accept(alert))
                .hasMessageContaining("no_application_protocol");
    }

    @Test
    void h2AmongOtherProtocolsIsChosen() throws SSLException {
        Server server = server();
        server.talk(new Client(clients, "TLSv1.3", "http/1.1", "h2", "grpc-exp"));
        assertThat(server.session.alpn()).isEqualTo("h2");
    }

    @Test
    void aHelloInTwoRecordsIsLeftToTheEngine() throws SSLException {
        Client client = client("TLSv1.3");
        Server server = server();
        for (byte[] part : fragments(client.take())) server.receive(part);
        client.accept(server.take());
        server.talk(client);
        assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);
    }

    @Test
    void aHelloInTwoRecordsWithoutAlpnFailsAfterTheHandshake() throws SSLException {
        for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
            Client client = new Client(clients, protocol);
            Server server = server();
            for (byte[] part : fragments(client.take())) server.receive(part);
            client.accept(server.take());
            server.receive(client.take());
            assertThat(server.session.state()).isEqualTo(State.FAILED);
            assertThat(server.session.failure())
                    .isEqualTo("the client offers no application protocol by ALPN (expected: h2)");
            assertThat(server.take()).isNotEmpty();
        }
    }

    private static List<byte[]> fragments(byte[] hello) {
        int half = (hello.length - 5) / 2;
        List<byte[]> parts = new ArrayList<>();
        for (int[] range : new int[][] {{5, 5 + half}, {5 + half, hello.length}}) {
            int n = range[1] - range[0];
            byte[] part = new byte[5 + n];
            System.arraycopy(hello, 0, part, 0, 3);
            part[3] = (byte) (n >> 8);
            part[4] = (byte) n;
            System.arraycopy(hello, range[0], part, 5, n);
            parts.add(part);
        }
        return parts;
    }

    @Test
    void aClientCertificateIsTakenWhereItIsTrusted() throws SSLException {
        for (ClientAuth auth : new ClientAuth[] {ClientAuth.OPTIONAL, ClientAuth.REQUIRE}) {
            for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
                Server server = server(Fixtures.server("rsa", auth));
                server.talk(new Client(Client.context("client"), protocol, "h2"));
                assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);
                assertThat(server.session.session().getPeerPrincipal().getName())
                        .isEqualTo("CN=client");
            }
        }
    }

    @Test
    void noClientCertificateIsFineWhereItIsOptional() throws SSLException {
        Server server = server(Fixtures.server("rsa", ClientAuth.OPTIONAL));
        server.talk(client("TLSv1.3"));
        assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);
        assertThatThrownBy(() -> server.session.session().getPeerPrincipal())
                .isInstanceOf(SSLException.class);
    }

    @Test
    void noClientCertificateFailsWhereItIsRequired() throws SSLException {
        for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
            Server server = server(Fixtures.server("rsa", ClientAuth.REQUIRE));
            Client client = client(protocol);
            server.receive(client.take());
            client.accept(server.take());
            assertThat(server.receive(client.take())).isEqualTo(State.FAILED);
            assertThat(server.session.failure()).containsIgnoringCase("certificate");
            byte[] alert = server.take();
            assertThat(alert[0] == 21 || alert[0] == 23).isTrue();
            assertThatThrownBy(() -> client.accept(alert)).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void aClientCertificateOfAStrangerFails() throws SSLException {
        for (ClientAuth auth : new ClientAuth[] {ClientAuth.OPTIONAL, ClientAuth.REQUIRE}) {
            Server server = server(Fixtures.server("rsa", auth));
            Client client = new Client(Client.context("stranger"), "TLSv1.3", "h2");
            server.receive(client.take());
            client.accept(server.take());
            assertThat(server.receive(client.take())).isEqualTo(State.FAILED);
            byte[] alert = server.take();
            assertThatThrownBy(() -> client.accept(alert)).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void aClientThatDoesNotTrustUsEndsTheHandshakeByItsAlert() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, Fixtures.trust("other-ca.pem"), null);
        Client client = new Client(context, "TLSv1.2", "h2");
        Server server = server();
        server.receive(client.take());
        assertThatThrownBy(() -> client.accept(server.take())).isInstanceOf(SSLException.class);

        assertThat(server.receive(client.take())).isEqualTo(State.FAILED);
        assertThat(server.session.failure()).contains("fatal alert");
    }

    @Test
    void aClientOfAnOldProtocolIsRefusedWithAnAlert() {
        byte[] hello = {
            22,
            3,
            1,
            0,
            58,
            1,
            0,
            0,
            54,
            3,
            1,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            2,
            (byte) 0xC0,
            0x13,
            1,
            0,
            0,
            9,
            0,
            16,
            0,
            5,
            0,
            3,
            2,
            'h',
            '2',
            0,
            0,
            0
        };
        hello[4] = (byte) (hello.length - 5);
        hello[8] = (byte) (hello.length - 9);
        Server server = server();

        assertThat(server.receive(hello)).isEqualTo(State.FAILED);
        assertThat(server.take()[0]).isEqualTo((byte) 21);
    }

    @Test
    void plainTextIsNamedAndAnsweredByAnAlert() {
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
                assertThat(server.take()).containsExactly(21, 3, 3, 0, 2, 2, 10);
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
            server.session.onInputEnd();
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

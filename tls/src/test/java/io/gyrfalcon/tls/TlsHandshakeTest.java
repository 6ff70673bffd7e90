package io.gyrfalcon.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.tls.TlsSession.State;
import io.gyrfalcon.tls.TlsSettings.ClientAuth;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** Who gets a session, and in which pieces. */
class TlsHandshakeTest extends SessionSuite {
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
}

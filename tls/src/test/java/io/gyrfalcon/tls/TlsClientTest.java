package io.gyrfalcon.tls;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.tls.TlsSession.State;
import io.gyrfalcon.tls.TlsSettings.ClientAuth;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** The client's end of a session, against the server's and against others. */
class TlsClientTest {
    private final List<Server> ends = new ArrayList<>();

    @AfterEach
    void noSlabIsOutstanding() {
        for (Server end : ends) {
            end.session.discard();
            end.out.clear();
            end.plain.clear();
            assertThat(end.pool.outstanding()).isZero();
        }
    }

    private Server kept(Server end) {
        ends.add(end);
        return end;
    }

    private Server server(String key, ClientAuth auth) {
        return kept(new Server(Fixtures.server(key, auth)));
    }

    private Server client(String host) {
        return client(TlsClientSettings.of(null, Fixtures.trust("ca.pem")), host);
    }

    private Server client(TlsClientSettings settings, String host) {
        return client(settings.newEngine(host, 443));
    }

    private Server client(SSLEngine engine) {
        Server end = kept(new Server(engine, TlsLimits.DEFAULT));
        end.session.start(end.out);
        return end;
    }

    /** Moves bytes both ways until nobody has anything to say. */
    private static void talk(Server client, Server server) {
        while (true) {
            byte[] up = client.take();
            if (up.length > 0) server.receive(up);
            byte[] down = server.take();
            if (down.length > 0) client.receive(down);
            if (up.length == 0 && down.length == 0) return;
        }
    }

    private static SSLEngine old(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.2"});
        engine.setSSLParameters(parameters);
        return engine;
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ec", "ed25519"})
    void bothEndsOfOursAgreeOnH2(String key) {
        Server client = client("localhost");
        Server server = server(key, ClientAuth.NONE);
        talk(client, server);
        assertThat(client.session.state()).isEqualTo(State.ESTABLISHED);
        assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);
        assertThat(client.session.alpn()).isEqualTo("h2");
        assertThat(client.session.session().getProtocol()).isEqualTo("TLSv1.3");
        client.send("up".getBytes(ISO_8859_1));
        server.send("down".getBytes(ISO_8859_1));
        talk(client, server);
        assertThat(server.received.toString(ISO_8859_1)).isEqualTo("up");
        assertThat(client.received.toString(ISO_8859_1)).isEqualTo("down");
    }

    @Test
    void aServerOfTls12IsSpokenTo() throws SSLException {
        TlsClientSettings settings = TlsClientSettings.of(null, Fixtures.trust("ca.pem"));
        Server client = client(old(settings.newEngine("localhost", 443)));
        Server server = server("rsa", ClientAuth.NONE);
        talk(client, server);
        assertThat(client.session.state()).isEqualTo(State.ESTABLISHED);
        assertThat(client.session.session().getProtocol()).isEqualTo("TLSv1.2");
    }

    @Test
    void aHandshakeByteByByteSucceeds() {
        Server client = client("localhost");
        Server server = server("ec", ClientAuth.NONE);
        for (int i = 0; i < 4; i++) {
            server.receive(client.take());
            byte[] down = server.take();
            for (int at = 0; at < down.length; at++) client.receive(down, at, 1);
        }
        assertThat(client.session.state()).isEqualTo(State.ESTABLISHED);
    }

    @Test
    void anAddressIsCheckedAsTheNameIs() {
        Server client = client("127.0.0.1");
        talk(client, server("rsa", ClientAuth.NONE));
        assertThat(client.session.state()).isEqualTo(State.ESTABLISHED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"elsewhere.test", "127.0.0.2", "::1"})
    void aCertificateOfAnotherNameFails(String host) {
        Server client = client(host);
        Server server = server("rsa", ClientAuth.NONE);
        talk(client, server);
        assertThat(client.session.state()).isEqualTo(State.FAILED);
        assertThat(client.session.failure()).contains("No ");
        assertThat(server.session.state()).isEqualTo(State.FAILED);
    }

    @Test
    void aCertificateOfAStrangerFails() {
        Server client =
                client(TlsClientSettings.of(null, Fixtures.trust("other-ca.pem")), "localhost");
        Server server = server("rsa", ClientAuth.NONE);
        talk(client, server);
        assertThat(client.session.state()).isEqualTo(State.FAILED);
        assertThat(client.session.failure()).contains("certification path");
        assertThat(server.session.failure()).contains("fatal alert");
    }

    @Test
    void theServersNameIsAnnouncedUnlessItIsAnAddress() {
        assertThat(announced("server.test")).containsExactly(new SNIHostName("server.test"));
        assertThat(announced("localhost")).containsExactly(new SNIHostName("localhost"));
        assertThat(announced("127.0.0.1")).isEmpty();
        assertThat(announced("::1")).isEmpty();
        assertThat(announced("not a name")).isEmpty();
    }

    private List<SNIServerName> announced(String host) {
        Server client = client(host);
        Server server = server("rsa", ClientAuth.NONE);
        server.receive(client.take());
        return ((ExtendedSSLSession) server.engine.getHandshakeSession()).getRequestedServerNames();
    }

    @Test
    void theClientShowsItsCertificateWhereItIsAsked() throws SSLException {
        TlsClientSettings settings =
                TlsClientSettings.of(Fixtures.keys("client"), Fixtures.trust("ca.pem"));
        for (int i = 0; i < 2; i++) {
            SSLEngine engine = settings.newEngine("localhost", i);
            Server client = client(i == 0 ? engine : old(engine));
            Server server = server("ec", ClientAuth.REQUIRE);
            talk(client, server);
            assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);
            assertThat(server.session.session().getPeerPrincipal().getName())
                    .isEqualTo("CN=client");
        }
    }

    @Test
    void aClientWithoutCertificateFailsWhereOneIsRequired() {
        Server client = client("localhost");
        Server server = server("rsa", ClientAuth.REQUIRE);
        talk(client, server);
        assertThat(server.session.state()).isEqualTo(State.FAILED);
        assertThat(client.session.state()).isEqualTo(State.FAILED);
        assertThat(client.session.failure()).containsIgnoringCase("certificate");
    }

    @Test
    void aServerWithoutH2IsRefused() {
        SSLEngine engine = Fixtures.server("rsa").newEngine();
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(new String[0]);
        engine.setSSLParameters(parameters);
        Server client = client("localhost");
        Server server = kept(new Server(engine, TlsLimits.DEFAULT));
        talk(client, server);
        assertThat(client.session.state()).isEqualTo(State.FAILED);
        assertThat(client.session.failure())
                .isEqualTo("the server agrees on no application protocol by ALPN (expected: h2)");
    }

    @Test
    void aServerThatSpeaksPlainTextIsNamed() {
        Server client = client("localhost");
        client.take();
        client.receive("HTTP/1.1 400 Bad Request\r\n".getBytes(ISO_8859_1));
        assertThat(client.session.state()).isEqualTo(State.FAILED);
        assertThat(client.session.failure()).contains("expected");
        byte[] alert = client.take();
        assertThat(alert[0]).isEqualTo((byte) 21);
    }

    @Test
    void aServerThatAnswersByAnAlertIsHeard() {
        Server client = client("localhost");
        client.take();
        client.receive(new byte[] {21, 3, 3, 0, 2, 2, 40});
        assertThat(client.session.state()).isEqualTo(State.FAILED);
        assertThat(client.session.failure()).contains("handshake_failure");
    }

    @Test
    void aSecondStartAndOneOfAServerDoNothing() {
        Server client = client("localhost");
        client.take();
        assertThat(client.session.start(client.out)).isEqualTo(State.HANDSHAKING);
        assertThat(client.take()).isEmpty();
        Server server = server("rsa", ClientAuth.NONE);
        assertThat(server.session.start(server.out)).isEqualTo(State.HANDSHAKING);
        assertThat(server.take()).isEmpty();
    }

    @Test
    void aSessionIsResumed() {
        TlsClientSettings settings = TlsClientSettings.of(null, Fixtures.trust("ca.pem"));
        TlsSettings servers = Fixtures.server("rsa");
        long[] created = new long[2];
        for (int i = 0; i < 2; i++) {
            Server client = client(settings, "localhost");
            Server server = kept(new Server(servers));
            talk(client, server);
            created[i] = client.session.session().getCreationTime();
            pause();
        }
        assertThat(created[1]).isEqualTo(created[0]);
    }

    private static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void closingEndsBothEnds() {
        Server client = client("localhost");
        Server server = server("rsa", ClientAuth.NONE);
        talk(client, server);
        client.session.close(client.out);
        talk(client, server);
        assertThat(client.session.state()).isEqualTo(State.CLOSED);
        assertThat(server.session.state()).isEqualTo(State.CLOSED);
    }
}

package io.gyrfalcon.transport.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.tls.Fixtures;
import io.gyrfalcon.tls.TlsClientSettings;
import io.gyrfalcon.transport.server.ServerSettings;
import io.gyrfalcon.transport.server.ServerTransport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

import javax.net.ssl.SSLException;

/** Client and server of ours under TLS. */
class ClientTlsTest {
    private final ClientRig rig = new ClientRig();
    private final Answering answering = new Answering();
    private ServerTransport server;

    @BeforeEach
    void start() throws IOException {
        server =
                ServerTransport.start(
                        LoopGroup.manual(rig.loop),
                        List.of(ClientRig.ANY),
                        new ServerSettings(
                                Http2Settings.mesh(),
                                Http2Limits.mesh(),
                                ListenOptions.defaults(),
                                1 << 20,
                                10 * ClientRig.SECOND),
                        Fixtures.server("rsa"),
                        answering);
    }

    @AfterEach
    void end() {
        server.stopListening();
        server.closeNow("over");
        rig.close();
    }

    private Destination to(String host, HttpProxy proxy) {
        TlsClientSettings tls = TlsClientSettings.of(null, Fixtures.trust("ca.pem"));
        return new Destination(server.addresses().getFirst(), host, 443, tls, proxy);
    }

    @Test
    void aCallUnderTlsIsAnswered() {
        ClientConnection connection = rig.open(to("localhost", null));
        assertThat(rig.log).containsExactly("ready");
        assertThat(connection.tlsSession().getProtocol()).isEqualTo("TLSv1.3");
        Noted call = rig.unary(connection);
        assertThat(call.log)
                .containsExactly(
                        "head [content-type=application/grpc]", "message hi", "end 0 null []");
        connection.shutdown();
        rig.simulation.runFor(2 * ClientRig.SECOND);
        assertThat(rig.log).containsExactly("ready", "closing", "closed 14 Connection closed");
    }

    @Test
    void muchUnderTlsPassesBothWays() {
        ClientConnection connection = rig.open(to("localhost", null));
        Noted call = rig.call(connection);
        for (int i = 0; i < 20; i++) call.send(new byte[40_000], i == 19);
        rig.simulation.runFor(ClientRig.SECOND);
        assertThat(call.messages).isEqualTo(20);
        assertThat(call.status.isOk()).isTrue();
    }

    @Test
    void aServerOfAnotherNameIsNotTalkedTo() {
        rig.open(to("elsewhere.test", null));
        rig.simulation.runFor(2 * ClientRig.SECOND);
        assertThat(rig.log).containsExactly("closed 14 io exception");
        assertThat(rig.ended.cause())
                .hasMessageContaining("No subject alternative")
                .hasCauseInstanceOf(SSLException.class);
        assertThat(answering.calls).isZero();
    }

    @Test
    void aServerThatGoesAwayUnderTlsEndsTheConnection() {
        ClientConnection connection = rig.open(to("localhost", null));
        Noted call = rig.call(connection);
        rig.settle();
        server.closeNow("restart");
        rig.simulation.runFor(2 * ClientRig.SECOND);
        assertThat(call.status.code()).isEqualTo(1);
        assertThat(rig.log.getLast()).startsWith("closed 14");
    }

    @Test
    void aServerInPlainTextIsNamed() {
        TlsClientSettings tls = TlsClientSettings.of(null, Fixtures.trust("ca.pem"));
        rig.open(new Destination(rig.address, "localhost", 443, tls, null));
        rig.server().send("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
        rig.simulation.runFor(2 * ClientRig.SECOND);
        assertThat(rig.log).containsExactly("closed 14 io exception");
        assertThat(rig.ended.cause()).hasMessageContaining("TLS: found");
    }

    @Test
    void tlsGoesThroughATunnel() {
        HttpProxy proxy = new HttpProxy("localhost:443", null, null);
        TlsClientSettings tls = TlsClientSettings.of(null, Fixtures.trust("ca.pem"));
        rig.open(new Destination(rig.address, "localhost", 443, tls, proxy));
        assertThat(rig.server().text()).startsWith("CONNECT localhost:443");
        rig.server().send("HTTP/1.1 200 OK\r\n\r\n".getBytes());
        rig.settle();
        assertThat(rig.server().text().charAt(0)).isEqualTo((char) 22);
    }
}

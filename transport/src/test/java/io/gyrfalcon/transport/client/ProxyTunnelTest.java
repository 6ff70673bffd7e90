package io.gyrfalcon.transport.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

class ProxyTunnelTest {
    private final ClientRig rig = new ClientRig();

    @AfterEach
    void end() {
        rig.close();
    }

    private ClientConnection through(String user, String password) {
        HttpProxy proxy = new HttpProxy("far.test:443", user, password);
        return rig.open(new Destination(rig.address, "far.test", 443, null, proxy));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void aTunnelIsAskedForAndThenUsed() {
        through(null, null);
        assertThat(rig.server().text())
                .isEqualTo("CONNECT far.test:443 HTTP/1.1\r\nHost: far.test:443\r\n\r\n");
        rig.server().send(ascii("HTTP/1.1 200 Connection established\r\nVia: x\r\n"));
        rig.settle();
        assertThat(rig.server().text()).isEmpty();
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        rest.writeBytes(ascii("\r\n"));
        rest.writeBytes(new FrameBytes().settings().settingsAck().toByteArray());
        rig.server().send(rest.toByteArray());
        rig.settle();
        assertThat(rig.log).containsExactly("ready");
        assertThat(rig.server().text()).startsWith("PRI * HTTP/2.0");
    }

    @Test
    void furtherHeadersAreAsked() {
        HttpProxy proxy = new HttpProxy("far.test:443", null, null, Map.of("X-Zone", "a b"));
        rig.open(new Destination(rig.address, "far.test", 443, null, proxy));
        assertThat(rig.server().text()).contains("\r\nX-Zone: a b\r\n\r\n");
        for (Map<String, String> bad :
                List.of(
                        Map.of("", "a"),
                        Map.of("a b", "c"),
                        Map.of("a:", "c"),
                        Map.of("a", "b\r\nc: d"),
                        Map.of("a", "\u00e4"))) {
            assertThatThrownBy(() -> new HttpProxy("far.test:443", null, null, bad))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anAnswerByteByByteIsUnderstood() {
        through(null, null);
        for (byte b : ascii("HTTP/1.0 204 x\r\n\r\n")) {
            rig.server().send(new byte[] {b});
            rig.settle();
        }
        rig.server().hello();
        rig.settle();
        assertThat(rig.log).containsExactly("ready");
    }

    @Test
    void aUserIsNamed() {
        through("me", "secret");
        assertThat(rig.server().text())
                .contains("\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n");
        through("me", null);
        assertThat(rig.server().text()).contains("\r\nProxy-Authorization: Basic bWU6\r\n\r\n");
    }

    @Test
    void aProxyThatRefusesIsTheCause() {
        through(null, null);
        rig.server().send(ascii("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
        rig.settle();
        assertThat(rig.log).containsExactly("closed 14 io exception");
        assertThat(rig.ended.cause())
                .hasMessage("the proxy answered: HTTP/1.1 407 Proxy Authentication Required");
    }

    @Test
    void anAnswerThatIsNoneIsRefused() {
        through(null, null);
        rig.server().send(ascii("220 mail.test ESMTP\r\n\r\n"));
        rig.settle();
        assertThat(rig.ended.cause()).hasMessage("the proxy answered: 220 mail.test ESMTP");
        through(null, null);
        rig.server().send(ascii("\r\n\r\n"));
        rig.settle();
        assertThat(rig.ended.cause()).hasMessage("the proxy answered: ");
    }

    @Test
    void anAnswerThatDoesNotEndIsRefused() {
        through(null, null);
        rig.server().send(ascii("HTTP/1.1 200 OK\r\n" + "x".repeat(8 * 1024 - 18)));
        rig.settle();
        assertThat(rig.log).isEmpty();
        rig.server().send(ascii("x"));
        rig.settle();
        assertThat(rig.ended.cause()).hasMessage("the proxy's answer has more than 8192 bytes");
    }

    @Test
    void aTargetIsOneLine() {
        for (String bad : new String[] {"", "a b", "a\r\nX: y", "é:1"}) {
            assertThatThrownBy(() -> new HttpProxy(bad, null, null))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new HttpProxy("a:1", "u", "p").toString()).isEqualTo("proxy to a:1");
    }
}

package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;

class TargetTest {
    @ParameterizedTest
    @CsvSource({
        "host,host,host,443",
        "host:1,host:1,host,1",
        "dns:host:1,host:1,host,1",
        "dns:///host:1,host:1,host,1",
        "DNS:///host,host,host,443",
        "[::1]:50051,[::1]:50051,::1,50051",
        "dns:///[::1],[::1],::1,443",
        "127.0.0.1:80,127.0.0.1:80,127.0.0.1,80",
    })
    void namesAreLookedUp(String text, String authority, String host, int port) {
        Target target = Target.of(text, 443);
        assertThat(target).isEqualTo(new Target(text, authority, host, port, null, null));
    }

    @ParameterizedTest
    @CsvSource({
        "unix:/tmp/a,/tmp/a",
        "unix:///tmp/a,/tmp/a",
        "unix:relative/a,relative/a",
    })
    void pathsAreAddresses(String text, String path) {
        Target target = Target.of(text, 443);
        assertThat(target.address()).isEqualTo(UnixDomainSocketAddress.of(path));
        assertThat(target.authority()).isEqualTo("localhost");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "dns:",
                "dns://",
                "dns:///",
                "dns://8.8.8.8/host",
                "xds:///a",
                "a b",
                "u@host",
                "unix:",
                "unix://a/b",
                "host:port"
            })
    void whatIsNoTargetIsRefused(String text) {
        assertThatThrownBy(() -> Target.of(text, 443))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("target: " + text + " (");
    }

    @Test
    void addressesAreTargets() {
        InetSocketAddress known = new InetSocketAddress(InetAddress.getLoopbackAddress(), 5);
        assertThat(Target.of(known).address()).isEqualTo(known);
        assertThat(Target.of(known).authority()).isEqualTo("localhost:5");
        Target unknown = Target.of(InetSocketAddress.createUnresolved("somewhere", 6));
        assertThat(unknown.address()).isNull();
        assertThat(unknown.host()).isEqualTo("somewhere");
        assertThat(Target.of(UnixDomainSocketAddress.of("/a")).authority()).isEqualTo("localhost");
    }

    @Test
    void authoritiesAreChecked() {
        assertThat(Target.checkedAuthority("host:1")).isEqualTo("host:1");
        assertThat(Target.authority("::1", 7)).isEqualTo("[::1]:7");
        assertThatThrownBy(() -> Target.checkedAuthority("me@host"))
                .hasMessage("Userinfo must not be present on authority: 'me@host'");
        assertThatThrownBy(() -> Target.checkedAuthority("a b"))
                .hasMessage("Invalid authority: a b");
        assertThatThrownBy(() -> Target.authority("a b", 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.Status;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Servers behind an HTTP proxy. */
class ProxyTest {
    private static final CallOptions PLAIN = CallOptions.DEFAULT;
    private final ChannelRig rig = new ChannelRig();

    @AfterEach
    void end() {
        rig.close();
    }

    private HttpConnectProxiedSocketAddress proxied(SocketAddress server, String header) {
        return HttpConnectProxiedSocketAddress.newBuilder()
                .setTargetAddress((InetSocketAddress) server)
                .setProxyAddress(rig.listener.address())
                .setUsername("me")
                .setPassword("secret")
                .setHeaders(Map.of("x-zone", header))
                .build();
    }

    private void letThrough() {
        rig.server().send("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        rig.greet(100);
    }

    @Test
    void aNameBehindAProxyIsLeftToTheProxy() {
        List<SocketAddress> asked = new ArrayList<>();
        rig.proxies =
                server -> {
                    asked.add(server);
                    return proxied(server, "z");
                };
        rig.exchange(Target.of("far.test", 443));
        Heard call = rig.unary(PLAIN);
        assertThat(asked).isEmpty();
        rig.lookUp();
        assertThat(asked).containsExactly(InetSocketAddress.createUnresolved("far.test", 443));
        assertThat(rig.server().text())
                .startsWith("CONNECT far.test:443 HTTP/1.1\r\n")
                .contains("\r\nProxy-Authorization: Basic ")
                .contains("\r\nx-zone: z\r\n");
        letThrough();
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aProxyThatCannotBeAskedFailsTheLookUp() {
        rig.proxies = server -> proxied(server, "z\r\nx: y");
        rig.exchange(Target.of("far.test", 443));
        Heard call = rig.unary(PLAIN);
        rig.lookUp();
        assertThat(call.status.getDescription()).isEqualTo("Unable to resolve host far.test");
        assertThat(call.status.getCause()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDetectorThatFailsFailsTheLookUp() {
        IOException why = new IOException("no idea");
        rig.proxies =
                _ -> {
                    throw why;
                };
        rig.exchange(Target.of("far.test", 443));
        Heard call = rig.unary(PLAIN);
        rig.lookUp();
        assertThat(call.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(call.status.getCause()).isSameAs(why);
    }

    @Test
    void aResolverMayNameAProxyItself() {
        FakeResolvers resolvers = new FakeResolvers("fake");
        rig.registry.register(resolvers);
        rig.exchange(new TargetParser(rig.registry, null, 1).parse("a"));
        Heard call = rig.unary(PLAIN);
        SocketAddress server = InetSocketAddress.createUnresolved("far.test", 1);
        Status bad = resolvers.last().find(proxied(server, "\n"));
        assertThat(bad.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        rig.settle();
        assertThat(call.status.getDescription()).contains("x-zone");
        Heard next = rig.unary(PLAIN.withWaitForReady());
        resolvers.last().find(proxied(server, "z"));
        rig.settle();
        assertThat(rig.server().text()).startsWith("CONNECT far.test:1 HTTP/1.1\r\n");
        letThrough();
        rig.answer(1, "a");
        assertThat(next.lines).endsWith("closed OK");
    }
}

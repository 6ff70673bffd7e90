package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.NameResolverRegistry;

import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;

/** Who serves a target. */
class TargetParserTest {
    private final NameResolverRegistry registry = new NameResolverRegistry();

    private Target parse(String text) {
        return new TargetParser(registry, null, 80).parse(text);
    }

    @Test
    void oursServeNamesWhereNobodyDoes() {
        assertThat(parse("host").port()).isEqualTo(80);
        assertThat(parse("host:1").host()).isEqualTo("host");
        assertThat(parse("[::1]:1").host()).isEqualTo("::1");
        assertThat(parse("DNS:///host:1").host()).isEqualTo("host");
        assertThat(parse("dns:host:1").host()).isEqualTo("host");
        assertThat(parse("unix:///a/b").address()).isEqualTo(UnixDomainSocketAddress.of("/a/b"));
        assertThat(parse("unix:a").address()).isEqualTo(UnixDomainSocketAddress.of("a"));
    }

    @Test
    void oursServeNamesInsteadOfTheStockResolvers() {
        NameResolverRegistry stock = NameResolverRegistry.getDefaultRegistry();
        assertThat(stock.getProviderForScheme("dns")).isNotNull();
        assertThat(new TargetParser(stock, null, 1).parse("host").source()).isNull();
        assertThat(new TargetParser(stock, null, 1).parse("dns:///host").source()).isNull();
    }

    @Test
    void aRegisteredResolverServesItsScheme() {
        FakeResolvers dns = new FakeResolvers("dns");
        registry.register(dns);
        assertThat(parse("dns:///host").source().provider()).isSameAs(dns);
        assertThat(parse("host:1").source().uri()).hasToString("dns:///host:1");
        assertThat(parse("Dns:///host").text()).isEqualTo("Dns:///host");
        assertThat(parse("unix:a").source()).isNull();
    }

    @Test
    void aProviderThatIsGivenServesItsScheme() {
        FakeResolvers given = new FakeResolvers("fake");
        registry.register(new FakeResolvers("fake"));
        TargetParser parser = new TargetParser(registry, given, 80);
        assertThat(parser.parse("fake:///a").source().provider()).isSameAs(given);
        assertThat(parser.parse("unix:a").source()).isNull();
    }

    @Test
    void aTargetOfASchemeThatNobodyServesIsRefused() {
        assertThatThrownBy(() -> parse("xds:///a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Could not find a NameResolverProvider for xds:///a");
        assertThatThrownBy(() -> parse("xds:/// "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Could not find a NameResolverProvider for xds:///  (");
        registry.register(new FakeResolvers("fake"));
        assertThatThrownBy(() -> parse("xds:///a")).isInstanceOf(IllegalArgumentException.class);
        assertThat(parse("xds:a").source().uri()).hasToString("fake:///xds:a");
    }

    @Test
    void addressesThatCannotBeConnectedToAreRefused() {
        FakeResolvers odd = new FakeResolvers("odd");
        odd.types = List.of(Odd.class, InetSocketAddress.class);
        registry.register(odd);
        assertThatThrownBy(() -> parse("odd:///a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not supported by transport");
    }

    private static final class Odd extends SocketAddress {
        private static final long serialVersionUID = 1;
    }
}

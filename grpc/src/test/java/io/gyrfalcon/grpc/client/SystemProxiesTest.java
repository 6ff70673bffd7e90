package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.HttpConnectProxiedSocketAddress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** The proxies that a process is told to use. */
class SystemProxiesTest {
    private static final InetSocketAddress SERVER =
            InetSocketAddress.createUnresolved("far.test", 443);

    private final ProxySelector before = ProxySelector.getDefault();
    private final List<URI> asked = new ArrayList<>();

    @AfterEach
    void end() {
        ProxySelector.setDefault(before);
        Authenticator.setDefault(null);
    }

    private void select(Proxy... proxies) {
        ProxySelector.setDefault(
                new ProxySelector() {
                    @Override
                    public List<Proxy> select(URI uri) {
                        asked.add(uri);
                        return List.of(proxies);
                    }

                    @Override
                    public void connectFailed(URI uri, SocketAddress to, IOException why) {}
                });
    }

    private static HttpConnectProxiedSocketAddress find() throws IOException {
        return (HttpConnectProxiedSocketAddress) new SystemProxies().proxyFor(SERVER);
    }

    @Test
    void theSelectorNamesTheProxy() throws IOException {
        InetSocketAddress proxy = new InetSocketAddress("127.0.0.1", 3128);
        select(new Proxy(Proxy.Type.HTTP, proxy));
        assertThat(find().getTargetAddress()).isEqualTo(SERVER);
        assertThat(find().getProxyAddress()).isEqualTo(proxy);
        assertThat(find().getUsername()).isNull();
        assertThat(asked.getFirst()).hasToString("https://far.test:443");
    }

    @Test
    void theAuthenticatorNamesTheUser() throws IOException {
        select(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("127.0.0.1", 3128)));
        List<String> requests = new ArrayList<>();
        Authenticator.setDefault(
                new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        requests.add(getRequestorType() + " " + getRequestingURL());
                        return new PasswordAuthentication("me", "secret".toCharArray());
                    }
                });
        assertThat(find().getUsername()).isEqualTo("me");
        assertThat(find().getPassword()).isEqualTo("secret");
        assertThat(((InetSocketAddress) find().getProxyAddress()).isUnresolved()).isFalse();
        assertThat(requests).contains("PROXY https://127.0.0.1:3128");
    }

    @Test
    void aProxyThatNobodyKnowsIsAFailure() {
        select(
                new Proxy(
                        Proxy.Type.HTTP,
                        InetSocketAddress.createUnresolved("no such host.invalid", 1)));
        assertThatThrownBy(SystemProxiesTest::find)
                .isInstanceOfAny(UnknownHostException.class, IllegalArgumentException.class);
    }

    @Test
    void withoutAnHttpProxyThereIsNone() throws IOException {
        select();
        assertThat(find()).isNull();
        select(Proxy.NO_PROXY);
        assertThat(find()).isNull();
        select(new Proxy(Proxy.Type.SOCKS, new InetSocketAddress("127.0.0.1", 1)));
        assertThat(find()).isNull();
        ProxySelector.setDefault(null);
        assertThat(find()).isNull();
        assertThat(new SystemProxies().proxyFor(UnixDomainSocketAddress.of("a"))).isNull();
        select(new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", 1)));
        assertThat(new SystemProxies().proxyFor(InetSocketAddress.createUnresolved("a b", 1)))
                .isNull();
    }
}

package io.gyrfalcon.grpc.client;

import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ProxiedSocketAddress;
import io.grpc.ProxyDetector;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/**
 * The HTTP proxies that the process is told to use: by the JDK's proxy selector, as for {@code
 * https}, with the user that its authenticator names. Stateless; blocks while the proxy's own name
 * is looked up.
 */
public final class SystemProxies implements ProxyDetector {
    private static final String HTTPS = "https";

    @Override
    public @Nullable ProxiedSocketAddress proxyFor(SocketAddress target) throws IOException {
        if (!(target instanceof InetSocketAddress server)) return null;
        InetSocketAddress proxy = proxyOf(server);
        if (proxy == null) return null;
        PasswordAuthentication user = user(proxy);
        HttpConnectProxiedSocketAddress.Builder found =
                HttpConnectProxiedSocketAddress.newBuilder()
                        .setTargetAddress(server)
                        .setProxyAddress(resolved(proxy));
        if (user != null) {
            found.setUsername(user.getUserName()).setPassword(new String(user.getPassword()));
        }
        return found.build();
    }

    private static @Nullable InetSocketAddress proxyOf(InetSocketAddress server) {
        ProxySelector selector = ProxySelector.getDefault();
        if (selector == null) return null;
        URI uri;
        try {
            uri = new URI(HTTPS, null, server.getHostString(), server.getPort(), null, null, null);
        } catch (URISyntaxException unspeakable) {
            return null;
        }
        List<Proxy> proxies = selector.select(uri);
        if (proxies.isEmpty() || proxies.getFirst().type() != Proxy.Type.HTTP) return null;
        return proxies.getFirst().address() instanceof InetSocketAddress inet ? inet : null;
    }

    private static @Nullable PasswordAuthentication user(InetSocketAddress proxy)
            throws MalformedURLException {
        String host = proxy.getHostString();
        return Authenticator.requestPasswordAuthentication(
                host,
                proxy.getAddress(),
                proxy.getPort(),
                HTTPS,
                "",
                null,
                URI.create(HTTPS + "://" + Target.authority(host, proxy.getPort())).toURL(),
                Authenticator.RequestorType.PROXY);
    }

    private static InetSocketAddress resolved(InetSocketAddress proxy) throws IOException {
        if (!proxy.isUnresolved()) return proxy;
        InetAddress address = InetAddress.getByName(proxy.getHostString());
        return new InetSocketAddress(address, proxy.getPort());
    }
}

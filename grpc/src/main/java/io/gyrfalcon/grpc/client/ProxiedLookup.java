package io.gyrfalcon.grpc.client;

import io.grpc.ProxiedSocketAddress;
import io.grpc.ProxyDetector;
import io.gyrfalcon.transport.client.NameLookup;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * Looks names up, but those of servers behind a proxy: these are the proxy's to look up. Immutable;
 * any thread.
 *
 * @param proxies who is behind which
 * @param direct for all others
 */
record ProxiedLookup(ProxyDetector proxies, NameLookup direct) implements NameLookup {
    @Override
    public List<SocketAddress> lookUp(String host, int port) throws IOException {
        ProxiedSocketAddress proxied =
                proxies.proxyFor(InetSocketAddress.createUnresolved(host, port));
        if (proxied == null) return direct.lookUp(host, port);
        Target.checkProxy(proxied);
        return List.of(proxied);
    }
}

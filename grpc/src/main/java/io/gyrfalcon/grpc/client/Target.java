package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.transport.client.Destination;
import io.gyrfalcon.transport.client.HttpProxy;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * Where a channel's calls go: a name to look up, or an address. Immutable.
 *
 * @param text as it was given
 * @param authority what calls say in {@code :authority} unless they are told otherwise
 * @param host to look up, or {@code null} where there is an address
 * @param port of the host
 * @param address that is called without a look-up, or {@code null}
 * @param source of the resolvers of others that find its servers, or {@code null}; these also say
 *     what its authority is
 */
public record Target(
        String text,
        String authority,
        @Nullable String host,
        int port,
        @Nullable SocketAddress address,
        @Nullable ResolverSource source) {
    private static final String DNS = "dns:";
    private static final String UNIX = "unix:";

    /** The authority of a server that is reached by a path. */
    private static final String LOCALHOST = "localhost";

    /**
     * A target as gRPC's naming document has it: {@code host}, {@code host:port}, {@code
     * dns:///host:port}, {@code unix:path} or {@code unix:///path}.
     *
     * @param portElse of a host without one
     * @throws IllegalArgumentException if it is none of these
     */
    public static Target of(String text, int portElse) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith(UNIX)) return ofPath(text, text.substring(UNIX.length()));
        String rest = lower.startsWith(DNS) ? text.substring(DNS.length()) : text;
        if (rest.startsWith("//")) {
            int slash = rest.indexOf('/', 2);
            if (slash > 2) throw unknown(text, "a DNS server in the target is not supported");
            rest = slash < 0 ? "" : rest.substring(slash + 1);
        }
        return ofName(text, rest, portElse);
    }

    /** An address that needs no look-up. */
    public static Target of(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return new Target(address.toString(), LOCALHOST, null, 0, address, null);
        }
        String authority = authority(inet.getHostString(), inet.getPort());
        if (!inet.isUnresolved()) return new Target(authority, authority, null, 0, inet, null);
        return new Target(authority, authority, inet.getHostString(), inet.getPort(), null, null);
    }

    /** A target that resolvers of others serve. */
    static Target of(String text, ResolverSource source) {
        return new Target(text, "", null, 0, null, source);
    }

    /** The target with its scheme, as who watches channels is told of it. */
    public String named() {
        boolean isBare = host != null && address == null && source == null;
        if (!isBare || text.toLowerCase(Locale.ROOT).startsWith(DNS)) return text;
        return DNS + "///" + text;
    }

    private static Target ofPath(String text, String path) {
        String plain = path.startsWith("///") ? path.substring(2) : path;
        if (plain.isEmpty() || plain.startsWith("//")) throw unknown(text, "no path");
        SocketAddress address = UnixDomainSocketAddress.of(plain);
        return new Target(text, LOCALHOST, null, 0, address, null);
    }

    private static Target ofName(String text, String name, int portElse) {
        URI uri = authorityUri(name);
        if (uri == null || uri.getHost() == null || uri.getUserInfo() != null) {
            throw unknown(text, "expected host, host:port, dns:///host:port or unix:path");
        }
        String host = uri.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        int port = uri.getPort() < 0 ? portElse : uri.getPort();
        return new Target(text, name, bare, port, null, null);
    }

    /**
     * An authority as calls may say it.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static String checkedAuthority(String authority) {
        URI uri = authorityUri(authority);
        if (uri == null) {
            throw new IllegalArgumentException("Invalid authority: " + authority);
        }
        if (uri.getAuthority().indexOf('@') >= 0) {
            throw new IllegalArgumentException(
                    "Userinfo must not be present on authority: '" + authority + "'");
        }
        return authority;
    }

    /** {@code host:port}, with brackets where the host is an IPv6 address. */
    public static String authority(String host, int port) {
        try {
            return new URI(null, null, host, port, null, null, null).getAuthority();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("Invalid host or port: " + host + " " + port, e);
        }
    }

    /** Null where it cannot be read. */
    private static @Nullable URI authorityUri(String authority) {
        try {
            URI uri = new URI("//" + authority);
            return authority.equals(uri.getRawAuthority()) ? uri : null;
        } catch (URISyntaxException bad) {
            return null;
        }
    }

    private static IllegalArgumentException unknown(String text, String why) {
        return new IllegalArgumentException("target: " + text + " (" + why + ")");
    }

    /** A look for its servers, which has not begun. On the loop. */
    Resolution resolution(
            Loop loop, ChannelOptions options, RandomGenerator random, ResolutionEvents events) {
        if (address != null) return new AddressResolution(address, events);
        assert host != null;
        return new DnsResolution(loop, host, port, options, random, events);
    }

    /** How to reach one of the target's addresses, as options have it. */
    static Destination destination(SocketAddress address, ChannelOptions options) {
        return destination(address, Attributes.EMPTY, options);
    }

    /**
     * How to reach one of the target's addresses, as options have it.
     *
     * @param known of the address
     */
    static Destination destination(
            SocketAddress address, Attributes known, ChannelOptions options) {
        SocketAddress reached = address;
        HttpProxy proxy = null;
        if (address instanceof HttpConnectProxiedSocketAddress proxied) {
            reached = proxied.getProxyAddress();
            proxy = proxy(proxied);
        }
        if (options.tls() == null) return new Destination(reached, "", 0, null, proxy);
        String override = overrideOf(known, options);
        String authority = override == null ? options.authority() : override;
        URI uri = authorityUri(authority);
        String host = uri == null || uri.getHost() == null ? authority : uri.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        int port = uri == null ? -1 : uri.getPort();
        return new Destination(reached, bare, port, options.tls(), proxy);
    }

    /**
     * Says no where an address is behind a proxy that cannot be asked for it.
     *
     * @throws IllegalArgumentException with the reason
     */
    static void checkProxy(SocketAddress address) {
        if (address instanceof HttpConnectProxiedSocketAddress proxied) {
            HttpProxy unused = proxy(proxied);
            assert unused != null;
        }
    }

    private static HttpProxy proxy(HttpConnectProxiedSocketAddress proxied) {
        InetSocketAddress server = proxied.getTargetAddress();
        return new HttpProxy(
                authority(server.getHostString(), server.getPort()),
                proxied.getUsername(),
                proxied.getPassword(),
                proxied.getHeaders());
    }

    /** The authority of an address that has one of its own, unless the channel's user has. */
    static @Nullable String overrideOf(@Nullable Attributes known, ChannelOptions options) {
        if (known == null || !options.authority().equals(options.target().authority())) return null;
        return known.get(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE);
    }
}

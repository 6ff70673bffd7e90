package io.gyrfalcon.grpc.client;

import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Uri;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds whose resolver serves a target, as grpc-java does: a URI of a scheme that somebody serves,
 * or else a name in the default scheme. Immutable.
 *
 * <p>A registry's provider serves its scheme. Ours, which stand in no registry, serve {@code dns}
 * and {@code unix} where the registry has none, or grpc-java's own.
 */
public final class TargetParser {
    /** What a channel can connect to. */
    public static final List<Class<? extends SocketAddress>> ADDRESSES =
            List.of(InetSocketAddress.class, UnixDomainSocketAddress.class);

    /** What is a URI even though nobody serves its scheme. */
    private static final Pattern URI = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:/.*");

    private static final String DNS = "dns";
    private static final String UNIX = "unix";

    /** The registry's answer where it has no provider at all. */
    private static final String UNKNOWN = "unknown";

    private static final Set<String> STOCK =
            Set.of(
                    "io.grpc.internal.DnsNameResolverProvider",
                    "io.grpc.netty.UdsNameResolverProvider",
                    "io.grpc.netty.shaded.io.grpc.netty.UdsNameResolverProvider");

    private final NameResolverRegistry registry;
    private final @Nullable NameResolverProvider preferred;
    private final int portElse;

    /**
     * A parser.
     *
     * @param preferred serves its scheme instead of the registry's, or {@code null}
     * @param portElse of a host without one
     */
    public TargetParser(
            NameResolverRegistry registry, @Nullable NameResolverProvider preferred, int portElse) {
        this.registry = registry;
        this.preferred = preferred;
        this.portElse = portElse;
    }

    /**
     * Whose target it is.
     *
     * @throws IllegalArgumentException if nobody's, or if its addresses cannot be connected to
     */
    public Target parse(String text) {
        String fault = "";
        Uri uri = null;
        try {
            uri = Uri.parse(text);
        } catch (URISyntaxException e) {
            fault = " (" + e.getMessage() + ")";
        }
        if (uri != null) {
            String scheme = scheme(uri);
            NameResolverProvider provider = foreign(scheme);
            if (provider != null) return hosted(text, provider, uri);
            if (scheme.equals(DNS) || scheme.equals(UNIX)) return Target.of(text, portElse);
        }
        Target named = URI.matcher(text).matches() ? null : inDefaultScheme(text);
        if (named != null) return named;
        throw new IllegalArgumentException(
                "Could not find a NameResolverProvider for " + text + fault);
    }

    private static String scheme(Uri uri) {
        String scheme = uri.getScheme();
        return scheme == null ? "" : scheme.toLowerCase(Locale.ROOT);
    }

    private @Nullable Target inDefaultScheme(String text) {
        String scheme = registry.getDefaultScheme().toLowerCase(Locale.ROOT);
        NameResolverProvider provider = foreign(scheme);
        if (provider != null) {
            Uri uri = Uri.newBuilder().setScheme(scheme).setHost("").setPath("/" + text).build();
            return hosted(text, provider, uri);
        }
        boolean isOurs = scheme.equals(DNS) || scheme.equals(UNKNOWN);
        return isOurs ? Target.of(text, portElse) : null;
    }

    /** Null where ours serves the scheme, or nobody. */
    private @Nullable NameResolverProvider foreign(String scheme) {
        NameResolverProvider provider =
                preferred != null && preferred.getScheme().equals(scheme)
                        ? preferred
                        : registry.getProviderForScheme(scheme);
        boolean isStock = provider != null && STOCK.contains(provider.getClass().getName());
        return isStock ? null : provider;
    }

    private static Target hosted(String text, NameResolverProvider provider, Uri uri) {
        Collection<Class<? extends SocketAddress>> types = provider.getProducedSocketAddressTypes();
        if (ADDRESSES.containsAll(types)) {
            return Target.of(text, new ResolverSource(provider, uri));
        }
        throw new IllegalArgumentException(
                "Address types of NameResolver '"
                        + scheme(uri)
                        + "' for '"
                        + text
                        + "' not supported by transport");
    }
}

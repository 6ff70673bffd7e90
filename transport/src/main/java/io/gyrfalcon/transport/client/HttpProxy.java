package io.gyrfalcon.transport.client;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * What an HTTP proxy is asked for: RFC 9110 §9.3.6. Immutable.
 *
 * @param target the server behind it, as host and port
 * @param user of the proxy, or {@code null}
 * @param password of the user, or {@code null}
 * @param headers further fields of the request
 */
public record HttpProxy(
        String target,
        @Nullable String user,
        @Nullable String password,
        Map<String, String> headers) {
    /**
     * Copies the headers.
     *
     * @throws IllegalArgumentException if any of it would not be one line of a request
     */
    public HttpProxy {
        if (target.isEmpty() || target.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("target: " + target + " (expected: host:port)");
        }
        headers = Map.copyOf(headers);
        headers.forEach(HttpProxy::check);
    }

    /** A proxy that is asked in the usual words. */
    public HttpProxy(String target, @Nullable String user, @Nullable String password) {
        this(target, user, password, Map.of());
    }

    private static void check(String name, String value) {
        boolean isName = !name.isEmpty() && name.chars().allMatch(c -> c > ' ' && c < 127);
        boolean isLine = value.chars().allMatch(c -> (c >= ' ' && c < 127) || c == '\t');
        if (isName && name.indexOf(':') < 0 && isLine) return;
        throw new IllegalArgumentException("header of a proxy: " + name + " (expected: one line)");
    }

    @Override
    public String toString() {
        return "proxy to " + target;
    }
}

package io.gyrfalcon.transport.client;

import org.jspecify.annotations.Nullable;

/**
 * What an HTTP proxy is asked for: RFC 9110 §9.3.6. Immutable.
 *
 * @param target the server behind it, as host and port
 * @param user of the proxy, or {@code null}
 * @param password of the user, or {@code null}
 */
public record HttpProxy(String target, @Nullable String user, @Nullable String password) {
    public HttpProxy {
        if (target.isEmpty() || target.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("target: " + target + " (expected: host:port)");
        }
    }

    @Override
    public String toString() {
        return "proxy to " + target;
    }
}

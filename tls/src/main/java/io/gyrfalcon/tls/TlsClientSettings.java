package io.gyrfalcon.tls;

import org.jspecify.annotations.Nullable;

import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/**
 * What all TLS connections of a client share, sessions that can be resumed among it. Immutable; any
 * thread.
 *
 * <p>TLS 1.3 and 1.2, with the suites that RFC 9113 §9.2 leaves, h2 as the only protocol, and
 * certificates that must be the server's by name: RFC 9110 §4.3.4.
 */
public final class TlsClientSettings {
    private final SSLContext context;
    private final String[] protocols;
    private final String[] suites;

    private TlsClientSettings(SSLContext context) {
        this.context = context;
        SSLParameters supported = context.getSupportedSSLParameters();
        protocols =
                TlsSettings.common(TlsSettings.PROTOCOLS, supported.getProtocols(), "protocols");
        suites = TlsSettings.common(TlsSettings.SUITES, supported.getCipherSuites(), "suites");
    }

    /**
     * Settings from managers; {@link TlsSettings#keyManagers} and {@link TlsSettings#trustManagers}
     * read them from PEM.
     *
     * @param keys what the client shows where it is asked; {@code null}: nothing
     * @param trust whose certificates servers may show; {@code null}: the JDK's own
     * @throws IllegalArgumentException when the JDK does not take them
     */
    public static TlsClientSettings of(
            KeyManager @Nullable [] keys, TrustManager @Nullable [] trust) {
        return new TlsClientSettings(TlsSettings.context(keys, trust));
    }

    /**
     * The client's end of a new connection.
     *
     * @param host whose certificate the server must show: a name or an address
     * @param port of the server; sessions are resumed by host and port
     */
    public SSLEngine newEngine(String host, int port) {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(protocols);
        parameters.setCipherSuites(suites);
        parameters.setApplicationProtocols(TlsSettings.APPLICATION_PROTOCOLS);
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        SNIServerName name = serverName(host);
        if (name != null) parameters.setServerNames(List.of(name));
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** RFC 6066 §3: a name, but not an address. */
    private static @Nullable SNIServerName serverName(String host) {
        if (host.indexOf(':') >= 0 || isIpv4(host)) return null;
        try {
            return new SNIHostName(host);
        } catch (IllegalArgumentException notAName) {
            return null;
        }
    }

    private static boolean isIpv4(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c != '.' && (c < '0' || c > '9')) return false;
        }
        return true;
    }
}

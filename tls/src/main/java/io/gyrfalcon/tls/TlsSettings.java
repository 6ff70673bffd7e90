package io.gyrfalcon.tls;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/**
 * What all TLS connections of a server share. Immutable; any thread.
 *
 * <p>TLS 1.3 and 1.2, with the suites that RFC 9113 §9.2 leaves, and h2 as the only protocol. Every
 * factory checks what it is given and throws {@link IllegalArgumentException} with what was found
 * and what was expected.
 */
public final class TlsSettings {

    /** Whether clients show a certificate. */
    public enum ClientAuth {
        /** They are not asked. */
        NONE,
        /** They are asked; one that is shown has to be trusted. */
        OPTIONAL,
        /** They have to. */
        REQUIRE
    }

    static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    static final String[] APPLICATION_PROTOCOLS = {"h2"};

    /** In the order of our preference; ephemeral keys and authenticated ciphers only. */
    static final String[] SUITES = {
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    };

    private final SSLContext context;
    private final SSLParameters parameters;

    private TlsSettings(SSLContext context, ClientAuth clientAuth) {
        this.context = context;
        this.parameters = parameters(context, clientAuth);
    }

    /**
     * Settings from managers.
     *
     * @param keys at least one, of which the JDK uses the first that fits
     * @param trust whose certificates clients may show; {@code null}: the JDK's own
     */
    public static TlsSettings server(
            KeyManager[] keys, TrustManager @Nullable [] trust, ClientAuth clientAuth) {
        if (keys.length == 0) {
            throw new IllegalArgumentException("key managers: none (expected: at least one)");
        }
        return new TlsSettings(context(keys, trust), clientAuth);
    }

    /**
     * Settings from PEM. The streams are read to their ends and not closed.
     *
     * @param certificates the server's certificate and those that lead to its root
     * @param key its private key
     * @param password of the key; {@code null} where it is not encrypted
     * @param roots whose certificates clients may show; {@code null}: the JDK's own
     */
    public static TlsSettings server(
            InputStream certificates,
            InputStream key,
            @Nullable String password,
            @Nullable InputStream roots,
            ClientAuth clientAuth)
            throws IOException {
        KeyManager[] keys = keyManagers(certificates, key, password);
        return server(keys, roots == null ? null : trustManagers(roots), clientAuth);
    }

    /** Settings from PEM files; see the other factories. */
    public static TlsSettings server(
            Path certificates,
            Path key,
            @Nullable String password,
            @Nullable Path roots,
            ClientAuth clientAuth)
            throws IOException {
        List<X509Certificate> chain =
                Certificates.read(Files.readAllBytes(certificates), certificates.toString());
        PrivateKey privateKey = PrivateKeys.read(Files.readAllBytes(key), password, key.toString());
        KeyManager[] keys = {new SingleKey(chain, privateKey)};
        if (roots == null) return server(keys, null, clientAuth);
        byte[] pem = Files.readAllBytes(roots);
        TrustManager[] trust = Certificates.trust(Certificates.read(pem, roots.toString()));
        return server(keys, trust, clientAuth);
    }

    /** Key managers for one key. The streams are read to their ends and not closed. */
    public static KeyManager[] keyManagers(
            InputStream certificates, InputStream key, @Nullable String password)
            throws IOException {
        List<X509Certificate> chain =
                Certificates.read(certificates.readAllBytes(), "certificate chain");
        PrivateKey privateKey = PrivateKeys.read(key.readAllBytes(), password, "private key");
        return new KeyManager[] {new SingleKey(chain, privateKey)};
    }

    /** Trust managers for PEM certificates. The stream is read to its end and not closed. */
    public static TrustManager[] trustManagers(InputStream roots) throws IOException {
        return Certificates.trust(Certificates.read(roots.readAllBytes(), "root certificates"));
    }

    /** The server's end of a new connection. */
    public SSLEngine newEngine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters);
        return engine;
    }

    static SSLContext context(KeyManager @Nullable [] keys, TrustManager @Nullable [] trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("TLS: " + e.getMessage(), e);
        }
    }

    private static SSLParameters parameters(SSLContext context, ClientAuth clientAuth) {
        SSLParameters parameters = new SSLParameters();
        SSLParameters supported = context.getSupportedSSLParameters();
        parameters.setProtocols(common(PROTOCOLS, supported.getProtocols(), "protocols"));
        parameters.setCipherSuites(common(SUITES, supported.getCipherSuites(), "suites"));
        parameters.setApplicationProtocols(APPLICATION_PROTOCOLS);
        parameters.setUseCipherSuitesOrder(true);
        switch (clientAuth) {
            case NONE -> parameters.setNeedClientAuth(false);
            case OPTIONAL -> parameters.setWantClientAuth(true);
            case REQUIRE -> parameters.setNeedClientAuth(true);
        }
        return parameters;
    }

    /** Those that are wanted and supported, in the order of the wanted. */
    static String[] common(String[] wanted, String[] supported, String what) {
        List<String> known = List.of(supported);
        String[] both = new String[wanted.length];
        int count = 0;
        for (String name : wanted) {
            if (known.contains(name)) both[count++] = name;
        }
        if (count == 0) {
            throw new IllegalArgumentException(
                    what + ": " + known + " (expected: one of " + List.of(wanted) + ")");
        }
        String[] common = new String[count];
        System.arraycopy(both, 0, common, 0, count);
        return common;
    }
}

package io.gyrfalcon.grpc;

import io.grpc.ChoiceServerCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.gyrfalcon.tls.TlsSettings;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/**
 * How connections are secured, or why it cannot be done. Immutable.
 *
 * @param tls null: plain text, unless there is an error
 * @param error that the credentials are not for this engine; the next provider may know them
 */
record Security(@Nullable TlsSettings tls, @Nullable String error) {
    /** Plain text. */
    static final Security PLAIN = new Security(null, null);

    /**
     * What these credentials mean.
     *
     * @throws IllegalArgumentException if they are of a known kind, but broken
     */
    static Security of(ServerCredentials credentials) {
        if (credentials instanceof InsecureServerCredentials) return PLAIN;
        if (credentials instanceof TlsServerCredentials tls) return ofTls(tls);
        if (credentials instanceof ChoiceServerCredentials choice) return firstOf(choice);
        return unknown("Unsupported credential type: " + credentials.getClass().getName());
    }

    private static Security firstOf(ChoiceServerCredentials choice) {
        StringBuilder errors = new StringBuilder();
        for (ServerCredentials credentials : choice.getCredentialsList()) {
            Security security = of(credentials);
            if (security.error == null) return security;
            if (!errors.isEmpty()) errors.append(", ");
            errors.append(security.error);
        }
        return unknown(errors.toString());
    }

    private static Security ofTls(TlsServerCredentials credentials) {
        Set<TlsServerCredentials.Feature> understood =
                EnumSet.of(
                        TlsServerCredentials.Feature.MTLS,
                        TlsServerCredentials.Feature.CUSTOM_MANAGERS);
        Set<TlsServerCredentials.Feature> others = credentials.incomprehensible(understood);
        if (!others.isEmpty()) return unknown("TLS features not understood: " + others);
        TlsSettings.ClientAuth clientAuth = clientAuth(credentials.getClientAuth());
        if (clientAuth == null) {
            return unknown(
                    "Unknown TlsServerCredentials.ClientAuth value: "
                            + credentials.getClientAuth());
        }
        try {
            return secured(TlsSettings.server(keys(credentials), trust(credentials), clientAuth));
        } catch (IOException e) {
            throw new IllegalArgumentException("TLS credentials: " + e.getMessage(), e);
        }
    }

    private static KeyManager[] keys(TlsServerCredentials credentials) throws IOException {
        List<KeyManager> managers = credentials.getKeyManagers();
        if (managers != null) return managers.toArray(new KeyManager[0]);
        return TlsSettings.keyManagers(
                new ByteArrayInputStream(credentials.getCertificateChain()),
                new ByteArrayInputStream(credentials.getPrivateKey()),
                credentials.getPrivateKeyPassword());
    }

    private static TrustManager @Nullable [] trust(TlsServerCredentials credentials)
            throws IOException {
        List<TrustManager> managers = credentials.getTrustManagers();
        if (managers != null) return managers.toArray(new TrustManager[0]);
        byte[] roots = credentials.getRootCertificates();
        return roots == null ? null : TlsSettings.trustManagers(new ByteArrayInputStream(roots));
    }

    private static TlsSettings.@Nullable ClientAuth clientAuth(
            TlsServerCredentials.ClientAuth clientAuth) {
        return switch (clientAuth) {
            case NONE -> TlsSettings.ClientAuth.NONE;
            case OPTIONAL -> TlsSettings.ClientAuth.OPTIONAL;
            case REQUIRE -> TlsSettings.ClientAuth.REQUIRE;
        };
    }

    /**
     * TLS with this chain and key, clients not asked for a certificate.
     *
     * @throws IllegalArgumentException naming the file and what was expected in it
     */
    static Security of(File certificateChain, File privateKey) {
        try {
            return secured(
                    TlsSettings.server(
                            certificateChain.toPath(),
                            privateKey.toPath(),
                            null,
                            null,
                            TlsSettings.ClientAuth.NONE));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * TLS with this chain and key, clients not asked for a certificate. Does not close the streams.
     *
     * @throws IllegalArgumentException naming what was found and what was expected
     */
    static Security of(InputStream certificateChain, InputStream privateKey) {
        try {
            return secured(
                    TlsSettings.server(
                            certificateChain, privateKey, null, null, TlsSettings.ClientAuth.NONE));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be read: " + e.getMessage(), e);
        }
    }

    private static Security secured(TlsSettings tls) {
        return new Security(tls, null);
    }

    private static Security unknown(String error) {
        return new Security(null, error);
    }
}

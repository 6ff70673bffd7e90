package io.gyrfalcon.grpc;

import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.ChoiceChannelCredentials;
import io.grpc.CompositeCallCredentials;
import io.grpc.CompositeChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.gyrfalcon.tls.TlsClientSettings;
import io.gyrfalcon.tls.TlsSettings;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/**
 * How a channel's connections are secured, or why it cannot be done. Immutable.
 *
 * @param tls null: plain text, unless there is an error
 * @param calls credentials of every call, or null
 * @param error that the credentials are not for this engine; the next provider may know them
 */
record ChannelSecurity(
        @Nullable TlsClientSettings tls, @Nullable CallCredentials calls, @Nullable String error) {
    /** Plain text. */
    static final ChannelSecurity PLAIN = new ChannelSecurity(null, null, null);

    /**
     * What these credentials mean.
     *
     * @throws IllegalArgumentException if they are of a known kind, but broken
     */
    static ChannelSecurity of(ChannelCredentials credentials) {
        if (credentials instanceof InsecureChannelCredentials) return PLAIN;
        if (credentials instanceof TlsChannelCredentials tls) return ofTls(tls);
        if (credentials instanceof CompositeChannelCredentials both) return ofBoth(both);
        if (credentials instanceof ChoiceChannelCredentials choice) return firstOf(choice);
        return unknown("Unsupported credential type: " + credentials.getClass().getName());
    }

    /** TLS as the JDK has it: its trust store, no certificate of ours. */
    static ChannelSecurity ofTls() {
        return new ChannelSecurity(TlsClientSettings.of(null, null), null, null);
    }

    private static ChannelSecurity ofBoth(CompositeChannelCredentials both) {
        ChannelSecurity inner = of(both.getChannelCredentials());
        if (inner.error != null) return inner;
        CallCredentials known = inner.calls;
        CallCredentials own = both.getCallCredentials();
        return new ChannelSecurity(
                inner.tls, known == null ? own : new CompositeCallCredentials(known, own), null);
    }

    private static ChannelSecurity firstOf(ChoiceChannelCredentials choice) {
        StringBuilder errors = new StringBuilder();
        for (ChannelCredentials credentials : choice.getCredentialsList()) {
            ChannelSecurity security = of(credentials);
            if (security.error == null) return security;
            if (!errors.isEmpty()) errors.append(", ");
            errors.append(security.error);
        }
        return unknown(errors.toString());
    }

    private static ChannelSecurity ofTls(TlsChannelCredentials credentials) {
        Set<TlsChannelCredentials.Feature> understood =
                EnumSet.of(
                        TlsChannelCredentials.Feature.MTLS,
                        TlsChannelCredentials.Feature.CUSTOM_MANAGERS);
        Set<TlsChannelCredentials.Feature> others = credentials.incomprehensible(understood);
        if (!others.isEmpty()) return unknown("TLS features not understood: " + others);
        try {
            TlsClientSettings tls = TlsClientSettings.of(keys(credentials), trust(credentials));
            return new ChannelSecurity(tls, null, null);
        } catch (IOException e) {
            throw new IllegalArgumentException("TLS credentials: " + e.getMessage(), e);
        }
    }

    private static KeyManager @Nullable [] keys(TlsChannelCredentials credentials)
            throws IOException {
        List<KeyManager> managers = credentials.getKeyManagers();
        if (managers != null) return managers.toArray(new KeyManager[0]);
        byte[] chain = credentials.getCertificateChain();
        byte[] key = credentials.getPrivateKey();
        if (chain == null || key == null) return null;
        return TlsSettings.keyManagers(
                new ByteArrayInputStream(chain),
                new ByteArrayInputStream(key),
                credentials.getPrivateKeyPassword());
    }

    private static TrustManager @Nullable [] trust(TlsChannelCredentials credentials)
            throws IOException {
        List<TrustManager> managers = credentials.getTrustManagers();
        if (managers != null) return managers.toArray(new TrustManager[0]);
        byte[] roots = credentials.getRootCertificates();
        return roots == null ? null : TlsSettings.trustManagers(new ByteArrayInputStream(roots));
    }

    private static ChannelSecurity unknown(String error) {
        return new ChannelSecurity(null, null, error);
    }
}

package io.gyrfalcon.tls;

import io.gyrfalcon.tls.TlsSettings.ClientAuth;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/** Certificates and keys of the tests, as PEM beside the tests. */
public final class Fixtures {
    private Fixtures() {}

    static byte[] bytes(String name) {
        try (InputStream in = Fixtures.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static InputStream open(String name) {
        return new ByteArrayInputStream(bytes(name));
    }

    static KeyManager[] keys(String name) {
        try {
            return TlsSettings.keyManagers(open(name + ".crt"), open(name + ".key"), null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static TrustManager[] trust(String name) {
        try {
            return TlsSettings.trustManagers(open(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static TlsSettings server(String key, ClientAuth clientAuth) {
        return TlsSettings.server(keys(key), trust("ca.pem"), clientAuth);
    }

    public static TlsSettings server(String key) {
        return server(key, ClientAuth.NONE);
    }
}

package io.gyrfalcon.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Certificates from PEM. Any thread. */
final class Certificates {
    private Certificates() {}

    /**
     * All certificates of a text, at least one.
     *
     * @param name of the source, for the text of the exception
     */
    static List<X509Certificate> read(byte[] pem, String name) {
        List<PemBlock> blocks = PemBlock.read(pem, name);
        List<X509Certificate> chain = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (PemBlock block : blocks) {
                if (!isCertificate(block.label())) continue;
                chain.add(
                        (X509Certificate)
                                factory.generateCertificate(new ByteArrayInputStream(block.der())));
            }
        } catch (CertificateException e) {
            throw new IllegalArgumentException(
                    name
                            + ": found a broken certificate: "
                            + e.getMessage()
                            + " (expected: X.509 in BEGIN CERTIFICATE)",
                    e);
        }
        if (!chain.isEmpty()) return chain;
        throw new IllegalArgumentException(
                name + ": found " + PemBlock.labels(blocks) + " (expected: BEGIN CERTIFICATE)");
    }

    /** Trust in those certificates, and no others. */
    static TrustManager[] trust(List<X509Certificate> roots) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < roots.size(); i++) {
                store.setCertificateEntry("root-" + i, roots.get(i));
            }
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("root certificates: " + e.getMessage(), e);
        }
    }

    private static boolean isCertificate(String label) {
        return label.equals("CERTIFICATE")
                || label.equals("X509 CERTIFICATE")
                || label.equals("TRUSTED CERTIFICATE");
    }
}

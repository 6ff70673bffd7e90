package io.gyrfalcon.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;

/** Whether a private key is that of a certificate. Any thread. */
final class KeyPairs {
    private static final byte[] PROBE = {'g', 'y', 'r', 'f', 'a', 'l', 'c', 'o', 'n'};

    private KeyPairs() {}

    /** Throws {@link IllegalArgumentException} where it is not. */
    static void check(X509Certificate certificate, PrivateKey key) {
        PublicKey publicKey = certificate.getPublicKey();
        String found = key.getAlgorithm();
        String expected = publicKey.getAlgorithm();
        if (!found.equals(expected)) {
            throw new IllegalArgumentException(
                    "private key: found "
                            + found
                            + " (expected: "
                            + expected
                            + ", as the certificate of "
                            + certificate.getSubjectX500Principal()
                            + " has)");
        }
        if (!isPair(publicKey, key)) {
            throw new IllegalArgumentException(
                    "private key: found one that does not match the certificate of "
                            + certificate.getSubjectX500Principal()
                            + " (expected: the key of the first certificate of the chain)");
        }
    }

    private static boolean isPair(PublicKey publicKey, PrivateKey key) {
        if (publicKey instanceof RSAKey left && key instanceof RSAKey right) {
            return left.getModulus().equals(right.getModulus());
        }
        byte[] signed = sign(key);
        try {
            Signature signature = Signature.getInstance(signatureName(key.getAlgorithm()));
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static byte[] sign(PrivateKey key) {
        try {
            Signature signature = Signature.getInstance(signatureName(key.getAlgorithm()));
            signature.initSign(key);
            signature.update(PROBE);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "private key: found "
                            + key.getAlgorithm()
                            + " that cannot sign: "
                            + e.getMessage()
                            + " (expected: RSA, EC of P-256, P-384 or P-521, Ed25519 or Ed448)",
                    e);
        }
    }

    private static String signatureName(String algorithm) {
        return algorithm.equals("EC") ? "SHA256withECDSA" : algorithm;
    }
}

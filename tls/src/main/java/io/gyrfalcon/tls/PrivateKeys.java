package io.gyrfalcon.tls;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;

import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Private keys from PEM: PKCS#8 (RFC 5958), encrypted or not, PKCS#1 for RSA (RFC 8017) and SEC 1
 * for elliptic curves (RFC 5915). Any thread.
 */
final class PrivateKeys {
    private static final String EXPECTED =
            " (expected: BEGIN PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE"
                    + " KEY)";
    private static final String PBES2 = "1.2.840.113549.1.5.13";

    private static final byte[] VERSION_0 = Der.element(Der.INTEGER, new byte[] {0});
    private static final byte[] NULL = {0x05, 0x00};
    private static final byte[] RSA = oid(0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01);
    private static final byte[] RSA_PSS = oid(0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A);
    private static final byte[] EC = oid(0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01);
    private static final byte[] ED25519 = oid(0x2B, 0x65, 0x70);
    private static final byte[] ED448 = oid(0x2B, 0x65, 0x71);

    private PrivateKeys() {}

    /**
     * The first private key of a text.
     *
     * @param password {@code null} where it is not encrypted
     * @param name of the source, for the text of the exception
     */
    static PrivateKey read(byte[] pem, @Nullable String password, String name) {
        List<PemBlock> blocks = PemBlock.read(pem, name);
        for (PemBlock block : blocks) {
            if (!block.label().endsWith("PRIVATE KEY")) continue;
            try {
                return key(pkcs8(block, password));
            } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        name + ": found BEGIN " + block.label() + ": " + e.getMessage(), e);
            }
        }
        throw new IllegalArgumentException(name + ": found " + PemBlock.labels(blocks) + EXPECTED);
    }

    private static byte[] pkcs8(PemBlock block, @Nullable String password)
            throws GeneralSecurityException, IOException {
        if (block.isLegacyEncrypted()) {
            throw new IllegalArgumentException(
                    "encrypted in the way of RFC 1421 (expected: BEGIN ENCRYPTED PRIVATE KEY, as"
                            + " `openssl pkcs8 -topk8` writes it)");
        }
        return switch (block.label()) {
            case "PRIVATE KEY" -> block.der();
            case "ENCRYPTED PRIVATE KEY" -> decrypted(block.der(), password);
            case "RSA PRIVATE KEY" -> wrapped(block.der(), RSA, NULL);
            case "EC PRIVATE KEY" -> wrapped(block.der(), EC, curve(block.der()));
            default -> throw new IllegalArgumentException("a kind that is not known" + EXPECTED);
        };
    }

    private static byte[] wrapped(byte[] key, byte[] algorithm, byte[] parameters) {
        return Der.element(
                Der.SEQUENCE,
                VERSION_0,
                Der.element(Der.SEQUENCE, algorithm, parameters),
                Der.element(Der.OCTET_STRING, key));
    }

    /** The curve that a SEC 1 key names; it may leave that to others. */
    private static byte[] curve(byte[] key) {
        Der fields = new Der(key).enter(Der.SEQUENCE).skip().skip();
        if (fields.tag() != Der.PARAMETERS) {
            throw new IllegalArgumentException("no curve in it (expected: its object identifier)");
        }
        return fields.enter(Der.PARAMETERS).rest();
    }

    private static byte[] decrypted(byte[] der, @Nullable String password)
            throws GeneralSecurityException, IOException {
        if (password == null) {
            throw new IllegalArgumentException("no password (expected: the password of the key)");
        }
        EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
        String algorithm = info.getAlgName();
        if (algorithm.equals("PBES2") || algorithm.equals(PBES2)) {
            algorithm = info.getAlgParameters().toString();
        }
        Cipher cipher = Cipher.getInstance(algorithm);
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray());
        try {
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(spec),
                    info.getAlgParameters());
            return info.getKeySpec(cipher).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "not to be decrypted: " + e.getMessage() + " (expected: another password?)", e);
        } finally {
            spec.clearPassword();
        }
    }

    private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
        Der algorithm = new Der(pkcs8).enter(Der.SEQUENCE).skip().enter(Der.SEQUENCE);
        byte[] id =
                Der.element(Der.OBJECT_IDENTIFIER, algorithm.enter(Der.OBJECT_IDENTIFIER).rest());
        return KeyFactory.getInstance(algorithm(id))
                .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    private static String algorithm(byte[] id) {
        if (Arrays.equals(id, RSA)) return "RSA";
        if (Arrays.equals(id, EC)) return "EC";
        if (Arrays.equals(id, ED25519)) return "Ed25519";
        if (Arrays.equals(id, ED448)) return "Ed448";
        if (Arrays.equals(id, RSA_PSS)) return "RSASSA-PSS";
        throw new IllegalArgumentException(
                "an algorithm that is not known (expected: RSA, EC, Ed25519 or Ed448)");
    }

    private static byte[] oid(int... octets) {
        byte[] content = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) content[i] = (byte) octets[i];
        return Der.element(Der.OBJECT_IDENTIFIER, content);
    }
}

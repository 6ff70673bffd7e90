package io.gyrfalcon.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.tls.TlsSession.State;
import io.gyrfalcon.tls.TlsSettings.ClientAuth;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

class TlsSettingsTest {
    @TempDir Path folder;

    @Test
    void onlyTheSuitesAndProtocolsOfHttp2AreOn() {
        SSLEngine engine = Fixtures.server("ec").newEngine();
        assertThat(engine.getEnabledProtocols()).containsExactly("TLSv1.3", "TLSv1.2");
        assertThat(engine.getEnabledCipherSuites())
                .startsWith("TLS_AES_128_GCM_SHA256")
                .allMatch(suite -> suite.contains("GCM") || suite.contains("CHACHA20"))
                .allMatch(suite -> suite.startsWith("TLS_ECDHE") || !suite.contains("WITH"));
        assertThat(engine.getSSLParameters().getApplicationProtocols()).containsExactly("h2");
        assertThat(engine.getUseClientMode()).isFalse();
    }

    @Test
    void clientAuthIsThatOfTheEngine() {
        assertThat(Fixtures.server("ec").newEngine().getWantClientAuth()).isFalse();
        assertThat(Fixtures.server("ec", ClientAuth.OPTIONAL).newEngine().getWantClientAuth())
                .isTrue();
        assertThat(Fixtures.server("ec", ClientAuth.REQUIRE).newEngine().getNeedClientAuth())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "rsa-chain.pem, rsa.key,",
        "rsa.crt, rsa-pkcs1.key,",
        "rsa.crt, rsa-encrypted-v1.key, secret",
        "ec.crt, ec.key,",
        "ec.crt, ec-sec1.key,",
        "ec.crt, ec-sec1-params.key,",
        "ec.crt, ec-encrypted.key, secret",
        "ed25519.crt, ed25519.key,",
    })
    void everyFormOfKeyIsRead(String chain, String key, String password) throws IOException {
        TlsSettings settings =
                TlsSettings.server(
                        Fixtures.open(chain),
                        Fixtures.open(key),
                        password,
                        Fixtures.open("ca.pem"),
                        ClientAuth.NONE);
        Server server = new Server(settings);
        server.talk(new Client(Client.context(null), "TLSv1.3", "h2"));
        assertThat(server.session.state()).isEqualTo(State.ESTABLISHED);
    }

    @Test
    void filesAreReadAsStreamsAre() throws IOException {
        Path chain = file("chain.pem", Fixtures.bytes("rsa-chain.pem"));
        Path key = file("server.key", Fixtures.bytes("rsa.key"));
        Path roots = file("roots.pem", Fixtures.bytes("ca.pem"));
        assertThat(TlsSettings.server(chain, key, null, roots, ClientAuth.REQUIRE).newEngine())
                .isNotNull();
        assertThat(TlsSettings.server(chain, key, null, null, ClientAuth.NONE).newEngine())
                .isNotNull();
        assertThatThrownBy(
                        () ->
                                TlsSettings.server(
                                        chain,
                                        folder.resolve("missing.key"),
                                        null,
                                        null,
                                        ClientAuth.NONE))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> TlsSettings.server(key, key, null, null, ClientAuth.NONE))
                .hasMessage(key + ": found BEGIN PRIVATE KEY (expected: BEGIN CERTIFICATE)");
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() {
        refuses(
                () -> keys("ec.crt", "other-ec.key", null),
                "private key: found one that does not match the certificate of CN=localhost"
                        + " (expected: the key of the first certificate of the chain)");
        refuses(
                () -> keys("ca.pem", "rsa.key", null),
                "private key: found one that does not match the certificate of CN=Test CA"
                        + " (expected: the key of the first certificate of the chain)");
        refuses(
                () -> keys("ec.crt", "rsa.key", null),
                "private key: found RSA (expected: EC, as the certificate of CN=localhost has)");
    }

    @Test
    void aCurveThatNobodySignsWithIsNamed() {
        refuses(
                () -> keys("secp256k1.crt", "secp256k1.key", null),
                "private key: found EC that cannot sign: Curve not supported: secp256k1"
                        + " (1.3.132.0.10) (expected: RSA, EC of P-256, P-384 or P-521, Ed25519 or"
                        + " Ed448)");
    }

    @Test
    void whatIsNoKeyIsNamed() {
        String expected =
                " (expected: BEGIN PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY or EC"
                        + " PRIVATE KEY)";
        refuses(
                () -> keys("ec.crt", "ec.crt", null),
                "private key: found BEGIN CERTIFICATE" + expected);
        refuses(() -> keys("ec.crt", text("")), "private key: found no PEM block" + expected);
        refuses(
                () -> keys("ec.crt", text(pem("OPENSSH PRIVATE KEY", new byte[9]))),
                "private key: found BEGIN OPENSSH PRIVATE KEY: a kind that is not known"
                        + expected);
        refuses(
                () -> keys("ec.crt", text(pem("PUBLIC KEY", new byte[3]) + pem("X", new byte[1]))),
                "private key: found BEGIN PUBLIC KEY, BEGIN X" + expected);
    }

    @Test
    void anEncryptedKeyWantsItsPassword() {
        refuses(
                () -> keys("ec.crt", "ec-encrypted.key", null),
                "private key: found BEGIN ENCRYPTED PRIVATE KEY: no password (expected: the"
                        + " password of the key)");
        assertThatThrownBy(() -> keys("ec.crt", "ec-encrypted.key", "wrong"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "private key: found BEGIN ENCRYPTED PRIVATE KEY: not to be decrypted: ")
                .hasMessageEndingWith("(expected: another password?)");
        refuses(
                () -> keys("rsa.crt", "rsa-pkcs1-encrypted.key", "secret"),
                "private key: found BEGIN RSA PRIVATE KEY: encrypted in the way of RFC 1421"
                        + " (expected: BEGIN ENCRYPTED PRIVATE KEY, as `openssl pkcs8 -topk8`"
                        + " writes it)");
    }

    @Test
    void aKeyOfAnUnknownAlgorithmIsRefused() {
        refuses(
                () -> keys("ec.crt", "x25519.key", null),
                "private key: found BEGIN PRIVATE KEY: an algorithm that is not known (expected:"
                        + " RSA, EC, Ed25519 or Ed448)");
        byte[] ed448 = keyOf(0x2B, 0x65, 0x71);
        assertThatThrownBy(() -> keys("ec.crt", text(pem("PRIVATE KEY", ed448))))
                .hasMessageStartingWith("private key: found BEGIN PRIVATE KEY: ");
        byte[] pss = keyOf(0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A);
        assertThatThrownBy(() -> keys("ec.crt", text(pem("PRIVATE KEY", pss))))
                .hasMessageStartingWith("private key: found BEGIN PRIVATE KEY: ");
    }

    private static byte[] keyOf(int... algorithm) {
        byte[] id = new byte[algorithm.length];
        for (int i = 0; i < id.length; i++) id[i] = (byte) algorithm[i];
        return Der.element(
                Der.SEQUENCE,
                Der.element(Der.INTEGER, new byte[1]),
                Der.element(Der.SEQUENCE, Der.element(Der.OBJECT_IDENTIFIER, id)),
                Der.element(Der.OCTET_STRING, new byte[5]));
    }

    @Test
    void aSec1KeyWithoutItsCurveIsRefused() {
        byte[] key =
                Der.element(
                        Der.SEQUENCE,
                        Der.element(Der.INTEGER, new byte[] {1}),
                        Der.element(Der.OCTET_STRING, new byte[32]));
        refuses(
                () -> keys("ec.crt", text(pem("EC PRIVATE KEY", key))),
                "private key: found BEGIN EC PRIVATE KEY: no curve in it (expected: its object"
                        + " identifier)");
    }

    @Test
    void brokenPemIsNamed() {
        refuses(
                () -> keys("ec.crt", text("-----BEGIN PRIVATE KEY")),
                "private key: found BEGIN without a label (expected: whole PEM blocks)");
        refuses(
                () -> keys("ec.crt", text("-----BEGIN PRIVATE KEY-----\nAAAA\n")),
                "private key: found BEGIN PRIVATE KEY without its END (expected: whole PEM"
                        + " blocks)");
        assertThatThrownBy(
                        () ->
                                keys(
                                        "ec.crt",
                                        text(
                                                "-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE"
                                                        + " KEY-----")))
                .hasMessageStartingWith("private key: found BEGIN PRIVATE KEY with bad base64: ");
    }

    @Test
    void brokenKeysAndCertificatesAreNamed() {
        for (byte[] der :
                new byte[][] {
                    {},
                    {0x30},
                    {0x30, 5, 1},
                    {0x30, (byte) 0x80, 0, 0},
                    {0x30, (byte) 0x84, 0, 0, 0, 0},
                    {0x30, (byte) 0x83, 1},
                    {2, 1, 0},
                }) {
            assertThatThrownBy(() -> keys("ec.crt", text(pem("PRIVATE KEY", der))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("private key: found BEGIN PRIVATE KEY: DER ");
        }
        assertThatThrownBy(
                        () ->
                                TlsSettings.keyManagers(
                                        text(pem("CERTIFICATE", new byte[20])),
                                        Fixtures.open("ec.key"),
                                        null))
                .hasMessageStartingWith("certificate chain: found a broken certificate: ")
                .hasMessageEndingWith("(expected: X.509 in BEGIN CERTIFICATE)");
        assertThatThrownBy(() -> TlsSettings.trustManagers(text("")))
                .hasMessage("root certificates: found no PEM block (expected: BEGIN CERTIFICATE)");
    }

    @Test
    void noKeyManagerIsRefused() {
        refuses(
                () -> TlsSettings.server(new KeyManager[0], null, ClientAuth.NONE),
                "key managers: none (expected: at least one)");
    }

    @Test
    void aPlatformWithoutOurSuitesIsNamed() {
        refuses(
                () -> TlsSettings.common(new String[] {"A", "B"}, new String[] {"C"}, "suites"),
                "suites: [C] (expected: one of [A, B])");
        assertThat(
                        TlsSettings.common(
                                new String[] {"A", "B", "C"}, new String[] {"C", "A"}, "suites"))
                .containsExactly("A", "C");
    }

    @Test
    void theKeyManagerKnowsItsOneKey() throws IOException {
        X509ExtendedKeyManager keys = (X509ExtendedKeyManager) keys("ec.crt", "ec.key", null)[0];
        String alias = keys.chooseEngineServerAlias("EC", null, null);
        assertThat(alias).isNotNull().isEqualTo(keys.chooseServerAlias("EC", null, null));
        assertThat(keys.getServerAliases("EC", null)).containsExactly(alias);
        assertThat(keys.getCertificateChain(alias)).hasSize(1);
        assertThat(keys.getPrivateKey(alias).getAlgorithm()).isEqualTo("EC");
        assertThat(keys.chooseEngineServerAlias("RSA", null, null)).isNull();
        assertThat(keys.getServerAliases("RSA", null)).isNull();
        assertThat(keys.getCertificateChain("x")).isNull();
        assertThat(keys.getPrivateKey("x")).isNull();
        assertThat(keys.getClientAliases("EC", null)).containsExactly(alias);
        assertThat(keys.getClientAliases("RSA", null)).isNull();
        assertThat(keys.chooseClientAlias(new String[] {"RSA", "EC"}, null, null)).isEqualTo(alias);
        assertThat(keys.chooseClientAlias(new String[] {"RSA"}, null, null)).isNull();
    }

    @Test
    void limitsAreCheckedWhereTheyAreMade() {
        refuses(
                () -> new TlsLimits((16 << 10) - 1, 1),
                "handshakeBytesMax: 16383 (expected: >= 16384)");
        refuses(() -> new TlsLimits(16 << 10, 0), "emptyRecordsMax: 0 (expected: >= 1)");
        assertThat(new TlsLimits(16 << 10, 1).emptyRecordsMax()).isEqualTo(1);
    }

    private static void refuses(ThrowingCallable action, String text) {
        assertThatThrownBy(action).isInstanceOf(IllegalArgumentException.class).hasMessage(text);
    }

    private static KeyManager[] keys(String chain, String key, String password) throws IOException {
        return TlsSettings.keyManagers(Fixtures.open(chain), Fixtures.open(key), password);
    }

    private static KeyManager[] keys(String chain, InputStream key) throws IOException {
        return TlsSettings.keyManagers(Fixtures.open(chain), key, null);
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(ISO_8859_1));
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END "
                + label
                + "-----\n";
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }
}

package io.gyrfalcon.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ChoiceServerCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.gyrfalcon.tls.TlsSettings;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;

import javax.net.ssl.SSLEngine;

final class SecurityTest {
    /** Credentials that no engine knows. */
    static final class Unknown extends ServerCredentials {}

    static InputStream pem(String name) {
        return SecurityTest.class.getResourceAsStream("/tls/" + name);
    }

    private static File file(String name) throws URISyntaxException {
        return new File(SecurityTest.class.getResource("/tls/" + name).toURI());
    }

    private static TlsServerCredentials.Builder server() throws IOException {
        return TlsServerCredentials.newBuilder().keyManager(pem("server.pem"), pem("server.key"));
    }

    private static SSLEngine engine(ServerCredentials credentials) {
        Security security = Security.of(credentials);
        assertThat(security.error()).isNull();
        return security.tls().newEngine();
    }

    @Test
    void insecureIsPlainText() {
        Security security = Security.of(InsecureServerCredentials.create());
        assertThat(security.tls()).isNull();
        assertThat(security.error()).isNull();
    }

    @Test
    void aChainAndAKeyAreTlsWithoutClientCertificates() throws IOException {
        SSLEngine engine = engine(server().build());
        assertThat(engine.getNeedClientAuth()).isFalse();
        assertThat(engine.getWantClientAuth()).isFalse();
        assertThat(engine.getUseClientMode()).isFalse();
    }

    @Test
    void clientsAreAskedAsTheCredentialsSay() throws IOException {
        ServerCredentials optional =
                server().trustManager(pem("ca.pem"))
                        .clientAuth(TlsServerCredentials.ClientAuth.OPTIONAL)
                        .build();
        assertThat(engine(optional).getWantClientAuth()).isTrue();
        ServerCredentials required =
                server().trustManager(pem("ca.pem"))
                        .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                        .build();
        assertThat(engine(required).getNeedClientAuth()).isTrue();
    }

    @Test
    void aKeyMayBeEncrypted() throws IOException {
        ServerCredentials encrypted =
                TlsServerCredentials.newBuilder()
                        .keyManager(pem("server.pem"), pem("server.encrypted.key"), "secret")
                        .build();
        assertThat(engine(encrypted)).isNotNull();
        ServerCredentials wrong =
                TlsServerCredentials.newBuilder()
                        .keyManager(pem("server.pem"), pem("server.encrypted.key"), "guess")
                        .build();
        assertThatThrownBy(() -> Security.of(wrong)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void managersAreTakenAsTheyAre() throws IOException {
        ServerCredentials managers =
                TlsServerCredentials.newBuilder()
                        .keyManager(
                                TlsSettings.keyManagers(pem("server.pem"), pem("server.key"), null))
                        .trustManager(TlsSettings.trustManagers(pem("ca.pem")))
                        .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                        .build();
        assertThat(engine(managers).getNeedClientAuth()).isTrue();
    }

    @Test
    void aFeatureThatIsNotUnderstoodIsLeftToTheNext() throws IOException {
        ServerCredentials fake = server().requireFakeFeature().build();
        assertThat(Security.of(fake).error()).isEqualTo("TLS features not understood: [FAKE]");
    }

    @Test
    void theFirstChoiceThatIsUnderstoodCounts() throws IOException {
        Security tls =
                Security.of(
                        ChoiceServerCredentials.create(
                                new Unknown(),
                                server().build(),
                                InsecureServerCredentials.create()));
        assertThat(tls.tls()).isNotNull();
        assertThat(tls.error()).isNull();
    }

    @Test
    void withoutAnUnderstoodChoiceAllReasonsAreTold() throws IOException {
        Security none =
                Security.of(
                        ChoiceServerCredentials.create(
                                new Unknown(), server().requireFakeFeature().build()));
        assertThat(none.error())
                .isEqualTo(
                        "Unsupported credential type: "
                                + Unknown.class.getName()
                                + ", TLS features not understood: [FAKE]");
    }

    @Test
    void brokenPemIsToldAsSuch() throws IOException {
        InputStream noise = new ByteArrayInputStream(new byte[] {1, 2, 3});
        ServerCredentials broken =
                TlsServerCredentials.newBuilder().keyManager(noise, pem("server.key")).build();
        assertThatThrownBy(() -> Security.of(broken))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    @Test
    void filesAndStreamsSecureABuilder() throws URISyntaxException {
        assertThat(Security.of(file("server.pem"), file("server.key")).tls()).isNotNull();
        assertThat(Security.of(pem("server.pem"), pem("server.key")).tls()).isNotNull();
        GyrfalconServerBuilder builder = GyrfalconServerBuilder.forPort(0);
        builder.useTransportSecurity(file("server.pem"), file("server.key"));
        assertThat(((ServerSetup) builder.delegate()).options().tls()).isNotNull();
        builder.useTransportSecurity(pem("server.pem"), pem("server.key"));
        assertThat(((ServerSetup) builder.delegate()).options().tls()).isNotNull();
    }

    @Test
    void whatCannotBeReadIsNamed() throws URISyntaxException {
        File key = file("server.key");
        assertThatThrownBy(() -> Security.of(new File("/absent/chain.pem"), key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/absent/chain.pem");
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("disk is gone");
                    }
                };
        assertThatThrownBy(() -> Security.of(broken, pem("server.key")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot be read: disk is gone");
    }
}

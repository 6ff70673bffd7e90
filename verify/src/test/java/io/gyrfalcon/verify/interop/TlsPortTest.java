package io.gyrfalcon.verify.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.testing.TlsTesting;
import io.grpc.testing.integration.EmptyProtos.Empty;
import io.grpc.testing.integration.TestServiceGrpc;
import io.gyrfalcon.verify.Child;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** The TLS port over real sockets: who gets in, and what everybody else is told. */
class TlsPortTest {
    private static final int MILLIS = 20_000;

    @TempDir Path folder;

    @Test
    void plainTextGetsTheEnd() throws Exception {
        try (Target target = Target.secure(ClientAuth.NONE)) {
            for (String text :
                    List.of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\n\r\n")) {
                assertThat(answer(target, text.getBytes(US_ASCII))).isEmpty();
            }
            assertThat(call(target, InsecureChannelCredentials.create(), false))
                    .isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(call(target, tls(false), true)).isNull();
        }
    }

    @Test
    void tlsOnAPlainPortEndsAtOnce() throws Exception {
        try (Target target = new Target()) {
            assertThat(call(target, tls(false), true)).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(call(target, InsecureChannelCredentials.create(), false)).isNull();
        }
    }

    @Test
    void aClientThatDoesNotOfferH2IsToldSo() throws Exception {
        try (Target target = Target.secure(ClientAuth.NONE)) {
            for (String[] protocols : new String[][] {{}, {"http/1.1"}}) {
                try (SSLSocket socket = socket(target, protocols)) {
                    assertThatThrownBy(socket::startHandshake)
                            .isInstanceOf(SSLHandshakeException.class)
                            .hasMessageContaining("no_application_protocol");
                }
            }
        }
    }

    @Test
    void bothProtocolVersionsAgreeOnH2() throws Exception {
        try (Target target = Target.secure(ClientAuth.NONE)) {
            for (String version : List.of("TLSv1.3", "TLSv1.2")) {
                try (SSLSocket socket = socket(target, "h2")) {
                    socket.setEnabledProtocols(new String[] {version});
                    socket.startHandshake();
                    assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
                    assertThat(socket.getSession().getProtocol()).isEqualTo(version);
                    assertThat(socket.getInputStream().read()).isGreaterThanOrEqualTo(0);
                }
            }
        }
    }

    @Test
    void aRequiredCertificateIsRequired() throws Exception {
        try (Target target = Target.secure(ClientAuth.REQUIRE)) {
            assertThat(call(target, tls(true), true)).isNull();
            assertThat(call(target, tls(false), true)).isEqualTo(Status.Code.UNAVAILABLE);
        }
        try (Target target = Target.secure(ClientAuth.OPTIONAL)) {
            assertThat(call(target, tls(true), true)).isNull();
            assertThat(call(target, tls(false), true)).isNull();
        }
    }

    @Test
    void grpcurlGetsThroughAndLearnsTheService() throws Exception {
        Path grpcurl = Tools.require("grpcurl");
        try (Target target = Target.secure(ClientAuth.NONE);
                Child child =
                        Child.start(
                                List.of(
                                        grpcurl.toString(),
                                        "-cacert",
                                        Target.roots(folder).toString(),
                                        "-servername",
                                        Target.NAME,
                                        "-d",
                                        "{\"responseSize\": 4}",
                                        target.address(),
                                        "grpc.testing.TestService/UnaryCall"))) {
            assertThat(child.await(60)).as(child.output()).isZero();
            assertThat(child.output()).contains("\"AAAAAA==\"");
        }
    }

    /** The code of a call that failed; {@code null} where it succeeded. */
    private static Status.Code call(Target target, ChannelCredentials credentials, boolean isNamed)
            throws InterruptedException {
        var builder = NettyChannelBuilder.forTarget(target.address(), credentials);
        if (isNamed) builder.overrideAuthority(Target.NAME);
        ManagedChannel channel = builder.build();
        try {
            TestServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(MILLIS, TimeUnit.MILLISECONDS)
                    .emptyCall(Empty.getDefaultInstance());
            return null;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        } finally {
            channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    private static ChannelCredentials tls(boolean isKnown) throws IOException {
        TlsChannelCredentials.Builder builder =
                TlsChannelCredentials.newBuilder().trustManager(TlsTesting.loadCert("ca.pem"));
        if (isKnown) {
            builder.keyManager(
                    TlsTesting.loadCert("client.pem"), TlsTesting.loadCert("client.key"));
        }
        return builder.build();
    }

    private static byte[] answer(Target target, byte[] bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", target.port())) {
            socket.setSoTimeout(MILLIS);
            socket.getOutputStream().write(bytes);
            return socket.getInputStream().readAllBytes();
        }
    }

    private static SSLSocket socket(Target target, String... protocols) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Trusting()}, null);
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", target.port());
        socket.setSoTimeout(MILLIS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        return socket;
    }

    /** Trusts whoever answers: what is tested here is not who the server is. */
    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {}

        @Override
        public java.security.cert.X509Certificate[] getAcceptedIssuers() {
            return new java.security.cert.X509Certificate[0];
        }
    }
}

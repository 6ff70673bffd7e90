package io.gyrfalcon.verify.judged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status.Code;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import io.grpc.testing.TlsTesting;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Ends that cannot be named, reached or trusted, and configs that cannot be read. */
class BadEndsTest {
    private static final int SECONDS = 20;
    private static final int SHORT_MILLIS = 500;

    private static Outcome call(Client client, String target, ChannelCredentials by, int millis)
            throws InterruptedException {
        return call(client.builder(target, by), b -> b, millis);
    }

    private static Outcome call(
            ManagedChannelBuilder<?> builder,
            UnaryOperator<ManagedChannelBuilder<?>> more,
            int millis)
            throws InterruptedException {
        ManagedChannel channel = more.apply(builder).build();
        try {
            CallOptions options =
                    CallOptions.DEFAULT.withDeadlineAfter(millis, TimeUnit.MILLISECONDS);
            return Outcome.of(Outcome.begin(channel, Outcome.UNARY, options, "hi"));
        } finally {
            channel.shutdownNow();
            assertThat(channel.awaitTermination(SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Outcome call(Client client, String target) throws InterruptedException {
        return call(client, target, InsecureChannelCredentials.create(), SECONDS * 1_000);
    }

    @ParameterizedTest
    @EnumSource
    void aNameThatNobodyKnowsIsUnavailable(Client client) throws Exception {
        Outcome outcome = call(client, "dns:///nobody.invalid:80");
        assertThat(outcome.code()).as("%s", outcome).isEqualTo(Code.UNAVAILABLE);
        assertThat(outcome.text()).startsWith("Unable to resolve host nobody.invalid");
        assertThat(outcome.status().getCause()).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void aSchemeThatNobodyKnowsIsPartOfAName(Client client) throws Exception {
        assertThatThrownBy(() -> client.builder("nobody://knows/this").build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource
    void aPortWhereNobodyListensIsUnavailable(Client client) throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Outcome outcome = call(client, "127.0.0.1:" + port);
        assertThat(outcome.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(outcome.text()).isEqualTo("io exception");
        assertThat(outcome.status().getCause()).hasMessageContaining("127.0.0.1:" + port);
    }

    /** Its queue of connections is full: what comes is not even refused. */
    @ParameterizedTest
    @EnumSource
    void anEndThatDoesNotAnswerIsLeftAtTheDeadline(Client client) throws Exception {
        List<Socket> filling = new ArrayList<>();
        try (ServerSocket hole = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            fill(hole, filling);
            Outcome outcome =
                    call(
                            client,
                            "127.0.0.1:" + hole.getLocalPort(),
                            InsecureChannelCredentials.create(),
                            SHORT_MILLIS);
            assertThat(outcome.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        } finally {
            for (Socket socket : filling) socket.close();
        }
    }

    private static void fill(ServerSocket hole, List<Socket> filling) {
        try {
            while (true) {
                Socket socket = new Socket();
                filling.add(socket);
                socket.connect(hole.getLocalSocketAddress(), SHORT_MILLIS);
            }
        } catch (IOException full) {
            // As wanted.
        }
    }

    private static ChannelCredentials trusting(String authority) throws IOException {
        try (InputStream in = TlsTesting.loadCert(authority)) {
            return TlsChannelCredentials.newBuilder().trustManager(in).build();
        }
    }

    /** A call by TLS to grpc-java's test server, as its name says. */
    private static Outcome secure(Client client, ChannelCredentials credentials, String name)
            throws Exception {
        try (TlsBackend server = new TlsBackend()) {
            return call(
                    client.builder("localhost:" + server.port(), credentials),
                    builder -> builder.overrideAuthority(name),
                    SECONDS * 1_000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatIsTrustedByItsNameAnswers(Client client) throws Exception {
        Outcome outcome = secure(client, trusting("ca.pem"), "foo.test.google.fr");
        assertThat(outcome.code()).as("%s", outcome).isEqualTo(Code.UNIMPLEMENTED);
    }

    @ParameterizedTest
    @EnumSource
    void aCertificateOfAnotherNameIsUnavailable(Client client) throws Exception {
        Outcome outcome = secure(client, trusting("ca.pem"), "elsewhere.test");
        assertThat(outcome.code()).as("%s", outcome).isEqualTo(Code.UNAVAILABLE);
        assertThat(outcome.text()).startsWith("io exception");
        assertThat(outcome.status().getCause()).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void aCertificateThatNobodyVouchesForIsUnavailable(Client client) throws Exception {
        Outcome outcome = secure(client, TlsChannelCredentials.create(), "foo.test.google.fr");
        assertThat(outcome.code()).as("%s", outcome).isEqualTo(Code.UNAVAILABLE);
        assertThat(outcome.text()).startsWith("io exception");
        assertThat(outcome.status().getCause()).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void aServerOfTlsIsUnavailableInPlainText(Client client) throws Exception {
        try (TlsBackend server = new TlsBackend()) {
            Outcome outcome = call(client, "localhost:" + server.port());
            assertThat(outcome.code()).as("%s", outcome).isIn(Code.UNAVAILABLE, Code.INTERNAL);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerInPlainTextIsUnavailableByTls(Client client) throws Exception {
        try (ScriptedServer server =
                new ScriptedServer(
                        wire -> wire.text("HTTP/1.1 400 Bad Request\r\n\r\n").finish())) {
            Outcome outcome =
                    call(client, "localhost:" + server.port(), trusting("ca.pem"), SECONDS * 1_000);
            assertThat(outcome.code()).as("%s", outcome).isEqualTo(Code.UNAVAILABLE);
            server.awaitEnds();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConfigThatCannotBeReadIsRefused(Client client) {
        Map<String, ?> bad =
                Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of("method", "m")))));
        assertThatThrownBy(
                        () ->
                                client.builder("localhost:1")
                                        .defaultServiceConfig(bad)
                                        .build()
                                        .shutdownNow())
                .isInstanceOfAny(IllegalArgumentException.class, IllegalStateException.class);
    }

    @Test
    void twoMessagesToABlockingStubAreNoAnswer() throws Exception {
        for (Client client : Client.values()) {
            try (ScriptedServer server =
                    new ScriptedServer(
                            Duel.answering(
                                    (w, id) ->
                                            w.head(id)
                                                    .message(id, "a")
                                                    .message(id, "b")
                                                    .trailers(id, "grpc-status", "0")))) {
                ManagedChannel channel = client.builder("127.0.0.1:" + server.port()).build();
                assertThatThrownBy(
                                () ->
                                        ClientCalls.blockingUnaryCall(
                                                channel, Outcome.UNARY, CallOptions.DEFAULT, "hi"))
                        .hasStackTraceContaining("More than one value received for unary call");
                channel.shutdownNow();
                assertThat(channel.awaitTermination(SECONDS, TimeUnit.SECONDS)).isTrue();
                server.awaitEnds();
            }
        }
    }
}

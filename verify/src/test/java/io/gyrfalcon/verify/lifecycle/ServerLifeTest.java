package io.gyrfalcon.verify.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerTransportFilter;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.gyrfalcon.grpc.GyrfalconServerBuilder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLSession;

/** Listening, security and the ages of connections, as builders set them. */
@Timeout(180)
final class ServerLifeTest {
    private final Log log = new Log();
    private final List<Server> servers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    @TempDir Path directory;

    private final Noting handler =
            new Noting(log, 2) {
                @Override
                void onStart(ServerCall<String, String> call, Metadata headers) {
                    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
                    log.add("protocol " + (session == null ? null : session.getProtocol()));
                    log.add("security " + call.getSecurityLevel());
                    log.add("peer " + peer(session));
                }

                @Override
                void onHalfClose(ServerCall<String, String> call) {
                    answer(call, "hello");
                }
            };

    private static String peer(SSLSession session) {
        try {
            if (session == null) return "none";
            X509Certificate first = (X509Certificate) session.getPeerCertificates()[0];
            return first.getSubjectX500Principal().getName();
        } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
            return "unknown";
        }
    }

    private Server start(GyrfalconServerBuilder builder) throws IOException {
        Server server = builder.addService(Stage.service(handler)).build().start();
        servers.add(server);
        return server;
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (ManagedChannel channel : channels) channel.shutdownNow();
        for (Server server : servers) {
            assertThat(server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private ManagedChannel plain(int port) {
        return kept(NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build());
    }

    private ManagedChannel secured(int port, ChannelCredentials credentials) {
        return kept(
                NettyChannelBuilder.forAddress("127.0.0.1", port, credentials)
                        .overrideAuthority("localhost")
                        .build());
    }

    private ManagedChannel kept(ManagedChannel channel) {
        channels.add(channel);
        return channel;
    }

    private static String ask(ManagedChannel channel) {
        return ClientCalls.blockingUnaryCall(
                channel,
                Stage.method(MethodType.UNARY),
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                "hello");
    }

    private static InputStream pem(String name) {
        return ServerLifeTest.class.getResourceAsStream("/lifecycle/" + name);
    }

    @Test
    void twoServersCannotHaveOnePort() throws IOException {
        Server first = start(GyrfalconServerBuilder.forPort(0));
        Server second = GyrfalconServerBuilder.forPort(first.getPort()).build();
        assertThatThrownBy(second::start)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(Integer.toString(first.getPort()))
                .hasMessageContaining("in use");
        assertThat(ask(plain(first.getPort()))).isEqualTo("hello");
        second.shutdownNow();
        assertThat(second.isTerminated()).isTrue();
    }

    @Test
    void thePortIsFreeWhenShutdownReturns() throws IOException {
        Server server = start(GyrfalconServerBuilder.forPort(0));
        int port = server.getPort();
        assertThat(ask(plain(port))).isEqualTo("hello");
        server.shutdown();
        InetAddress any = new InetSocketAddress(0).getAddress();
        try (ServerSocket again = new ServerSocket(port, 1, any)) {
            assertThat(again.getLocalPort()).isEqualTo(port);
        }
    }

    @Test
    void aServerListensOnEveryAddressItIsGiven() throws IOException {
        SocketAddress unix = UnixDomainSocketAddress.of(directory.resolve("socket"));
        Server server =
                start(
                        GyrfalconServerBuilder.forAddress(unix)
                                .addListenAddress(new InetSocketAddress("127.0.0.1", 0))
                                .addListenAddress(new InetSocketAddress("127.0.0.1", 0)));
        assertThat(server.getListenSockets().contains(unix)).isTrue();
        assertThat(server.getListenSockets()).hasSize(3);
        for (SocketAddress address : server.getListenSockets()) {
            if (address instanceof InetSocketAddress inet) {
                assertThat(ask(plain(inet.getPort()))).isEqualTo("hello");
            }
        }
    }

    @Test
    void plainTextHasNoSession() throws IOException {
        Server server = start(GyrfalconServerBuilder.forPort(0));
        assertThat(ask(plain(server.getPort()))).isEqualTo("hello");
        assertThat(log.events()).contains("protocol null", "security NONE", "peer none");
    }

    @Test
    void filesSecureAServer() throws Exception {
        Server server =
                start(
                        GyrfalconServerBuilder.forPort(0)
                                .useTransportSecurity(pem("server.pem"), pem("server.key")));
        ChannelCredentials trusting =
                TlsChannelCredentials.newBuilder().trustManager(pem("ca.pem")).build();
        assertThat(ask(secured(server.getPort(), trusting))).isEqualTo("hello");
        assertThat(log.events())
                .contains("protocol TLSv1.3", "security PRIVACY_AND_INTEGRITY", "peer unknown");
    }

    @Test
    void aClientShowsItsCertificate() throws Exception {
        Server server =
                start(
                        GyrfalconServerBuilder.forPort(
                                0,
                                TlsServerCredentials.newBuilder()
                                        .keyManager(
                                                pem("server.pem"),
                                                pem("server.encrypted.key"),
                                                "secret")
                                        .trustManager(pem("ca.pem"))
                                        .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                                        .build()));
        ChannelCredentials known =
                TlsChannelCredentials.newBuilder()
                        .keyManager(pem("client.pem"), pem("client.key"))
                        .trustManager(pem("ca.pem"))
                        .build();
        assertThat(ask(secured(server.getPort(), known))).isEqualTo("hello");
        assertThat(log.events()).contains("peer CN=client.example");
        ChannelCredentials unknown =
                TlsChannelCredentials.newBuilder().trustManager(pem("ca.pem")).build();
        ManagedChannel refused = secured(server.getPort(), unknown);
        assertThatThrownBy(() -> ask(refused)).isInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void filtersRunOnceTlsIsThereAndEndWithTheConnection() throws Exception {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        Server server =
                start(
                        GyrfalconServerBuilder.forPort(0)
                                .useTransportSecurity(pem("server.pem"), pem("server.key"))
                                .addTransportFilter(noting(seen)));
        ChannelCredentials trusting =
                TlsChannelCredentials.newBuilder().trustManager(pem("ca.pem")).build();
        ManagedChannel channel = secured(server.getPort(), trusting);
        assertThat(ask(channel)).isEqualTo("hello");
        assertThat(seen).containsExactly("ready true");
        channel.shutdownNow();
        server.shutdown().awaitTermination();
        for (int i = 0; i < 1_000 && seen.size() < 2; i++) Thread.sleep(20);
        assertThat(seen).containsExactly("ready true", "terminated true");
    }

    private static ServerTransportFilter noting(List<String> seen) {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes attributes) {
                seen.add("ready " + (attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION) != null));
                return attributes;
            }

            @Override
            public void transportTerminated(Attributes attributes) {
                seen.add("terminated " + (attributes != null));
            }
        };
    }

    @Test
    void aConnectionWithoutATlsHandshakeIsClosedInTime() throws Exception {
        Server server =
                start(
                        GyrfalconServerBuilder.forPort(0)
                                .handshakeTimeout(200, TimeUnit.MILLISECONDS)
                                .useTransportSecurity(pem("server.pem"), pem("server.key")));
        try (java.net.Socket silent = new java.net.Socket("127.0.0.1", server.getPort())) {
            silent.setSoTimeout(10_000);
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aPlainConnectionWithoutAPrefaceIsClosedInTime() throws Exception {
        Server server =
                start(
                        GyrfalconServerBuilder.forPort(0)
                                .handshakeTimeout(200, TimeUnit.MILLISECONDS));
        try (java.net.Socket silent = new java.net.Socket("127.0.0.1", server.getPort())) {
            silent.setSoTimeout(5_000);
            assertThat(silent.getInputStream().readAllBytes()).isNotEmpty();
        }
    }

    @Test
    void anIdleConnectionIsAskedToGo() throws Exception {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        Server server =
                start(
                        GyrfalconServerBuilder.forPort(0)
                                .maxConnectionIdle(1, TimeUnit.SECONDS)
                                .addTransportFilter(noting(seen)));
        ManagedChannel channel = plain(server.getPort());
        assertThat(ask(channel)).isEqualTo("hello");
        for (int i = 0; i < 1_000 && seen.size() < 2; i++) Thread.sleep(20);
        assertThat(seen).containsExactly("ready false", "terminated true");
        assertThat(ask(channel)).isEqualTo("hello");
    }

    @Test
    void anOldConnectionIsAskedToGoAndItsCallsAreCutAfterTheGrace() throws Exception {
        Noting silent = new Noting(log, 2);
        Server server =
                GyrfalconServerBuilder.forPort(0)
                        .maxConnectionAge(1, TimeUnit.SECONDS)
                        .maxConnectionAgeGrace(100, TimeUnit.MILLISECONDS)
                        .addService(Stage.service(silent))
                        .build()
                        .start();
        servers.add(server);
        ManagedChannel channel = plain(server.getPort());
        Caller caller =
                new Caller(
                        channel.newCall(
                                Stage.method(MethodType.BIDI_STREAMING), CallOptions.DEFAULT),
                        new Metadata());
        caller.send("a");
        log.await("onMessage a");
        log.await("onCancel");
        caller.log.await("close");
        assertThat(caller.log.has("close UNAVAILABLE") || caller.log.has("close CANCELLED"))
                .as(caller.log.events().toString())
                .isTrue();
    }

    @Test
    void ownLoopsEndWithTheirServer() throws Exception {
        Server server = start(GyrfalconServerBuilder.forPort(0).loops(1).poller("nio"));
        assertThat(ask(plain(server.getPort()))).isEqualTo("hello");
        server.shutdown();
        channels.getFirst().shutdownNow();
        assertThat(server.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 1_000 && hasThread("gyrfalcon-loop"); i++) Thread.sleep(20);
        assertThat(hasThread("gyrfalcon-loop")).isFalse();
    }

    private static boolean hasThread(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(t -> t.getName().startsWith(prefix));
    }

    @Test
    void callsOfAConnectionAreLimited() throws Exception {
        Noting silent = new Noting(log, 2);
        Server server =
                GyrfalconServerBuilder.forPort(0)
                        .maxConcurrentCallsPerConnection(2)
                        .addService(Stage.service(silent))
                        .build()
                        .start();
        servers.add(server);
        ManagedChannel channel = plain(server.getPort());
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            callers.add(
                    new Caller(
                            channel.newCall(
                                    Stage.method(MethodType.BIDI_STREAMING), CallOptions.DEFAULT),
                            new Metadata()));
            callers.getLast().send("m" + i);
            // The first call connects; those that wait for a connection leave in no certain order.
            if (i < 2) log.await("onMessage m" + i);
        }
        Thread.sleep(100);
        assertThat(log.events()).doesNotContain("onMessage m2");
        callers.getFirst().cancel();
        log.await("onCancel");
        callers.get(1).send("so that Netty flushes what it held back");
        log.await("onMessage m2");
        assertThat(log.events())
                .as(callers.getLast().log.events().toString())
                .contains("onMessage m2");
    }
}

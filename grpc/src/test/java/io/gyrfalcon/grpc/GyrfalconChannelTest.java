package io.gyrfalcon.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Channels over real sockets, against our server. */
@Timeout(120)
final class GyrfalconChannelTest {
    private static final MethodDescriptor.Marshaller<String> TEXT =
            new MethodDescriptor.Marshaller<>() {
                @Override
                public InputStream stream(String value) {
                    return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
                }

                @Override
                public String parse(InputStream stream) {
                    try {
                        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };
    private static final MethodDescriptor<String, String> ECHO =
            method("Echo", MethodDescriptor.MethodType.UNARY);
    private static final MethodDescriptor<String, String> CHAT =
            method("Chat", MethodDescriptor.MethodType.BIDI_STREAMING);

    private static final Status LENGTHY = Status.ABORTED.withDescription("x".repeat(200_000));

    private final List<Server> servers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

    private static MethodDescriptor<String, String> method(
            String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.newBuilder(TEXT, TEXT)
                .setType(type)
                .setFullMethodName("t.T/" + name)
                .build();
    }

    @AfterEach
    void end() throws InterruptedException {
        for (ManagedChannel channel : channels) {
            assertThat(channel.shutdownNow().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            assertThat(channel.isTerminated()).isTrue();
        }
        for (Server server : servers) {
            assertThat(server.shutdownNow().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("t.T")
                .addMethod(
                        ECHO,
                        ServerCalls.asyncUnaryCall(
                                (String request, StreamObserver<String> to) -> {
                                    if (request.equals("never")) return;
                                    if (request.equals("at length")) {
                                        to.onError(LENGTHY.asRuntimeException());
                                        return;
                                    }
                                    to.onNext(request);
                                    to.onCompleted();
                                }))
                .addMethod(
                        CHAT,
                        ServerCalls.asyncBidiStreamingCall(
                                (StreamObserver<String> to) ->
                                        new StreamObserver<>() {
                                            @Override
                                            public void onNext(String value) {
                                                to.onNext("re: " + value);
                                            }

                                            @Override
                                            public void onError(Throwable t) {}

                                            @Override
                                            public void onCompleted() {
                                                to.onCompleted();
                                            }
                                        }))
                .build();
    }

    private SocketAddress serve(SocketAddress address, ServerCredentials credentials)
            throws IOException {
        Server server =
                GyrfalconServerBuilder.forAddress(address, credentials)
                        .addService(service())
                        .build()
                        .start();
        servers.add(server);
        return server.getListenSockets().getFirst();
    }

    private SocketAddress serve() throws IOException {
        return serve(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                InsecureServerCredentials.create());
    }

    private ManagedChannel open(GyrfalconChannelBuilder builder) {
        ManagedChannel channel = builder.build();
        channels.add(channel);
        return channel;
    }

    private static String echo(ManagedChannel channel, String text) {
        return ClientCalls.blockingUnaryCall(channel, ECHO, CallOptions.DEFAULT, text);
    }

    @Test
    void callsAreAnsweredInEveryLane() throws IOException {
        SocketAddress address = serve();
        List<GyrfalconChannelBuilder> lanes =
                List.of(
                        GyrfalconChannelBuilder.forAddress(address),
                        GyrfalconChannelBuilder.forAddress(address).directExecutor(),
                        GyrfalconChannelBuilder.forAddress(address)
                                .executor(task -> Thread.startVirtualThread(task)));
        for (GyrfalconChannelBuilder lane : lanes) {
            ManagedChannel channel = open(lane.usePlaintext());
            for (int i = 0; i < 50; i++) assertThat(echo(channel, "n" + i)).isEqualTo("n" + i);
            assertThat(channel.getState(false)).isEqualTo(ConnectivityState.READY);
        }
    }

    @Test
    void metadataMayBeAsLargeAsTheChannelSays() throws IOException {
        SocketAddress address = serve();
        ManagedChannel narrow = open(GyrfalconChannelBuilder.forAddress(address).usePlaintext());
        assertThatThrownBy(() -> echo(narrow, "at length"))
                .hasMessageContaining("header block too large");
        ManagedChannel wide =
                open(
                        GyrfalconChannelBuilder.forAddress(address)
                                .usePlaintext()
                                .maxInboundMetadataSize(1 << 20));
        assertThatThrownBy(() -> echo(wide, "at length"))
                .hasMessage("ABORTED: " + LENGTHY.getDescription());
        assertThat(echo(wide, "n")).isEqualTo("n");
    }

    @Test
    void aServerCountsTheFaultsOfItsPeers() throws IOException {
        InetSocketAddress address = (InetSocketAddress) serve();
        GyrfalconServer server = (GyrfalconServer) servers.getFirst();
        try (Socket stranger = new Socket(address.getAddress(), address.getPort())) {
            stranger.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes());
            stranger.setSoTimeout(30_000);
            assertThat(stranger.getInputStream().readAllBytes()).isNotEmpty();
        }
        assertThat(server.connectionFaults()).isEqualTo(1);
        assertThat(server.requestsWithoutTe()).isZero();
    }

    @Test
    void namesAreLookedUp() throws IOException {
        int port = ((InetSocketAddress) serve()).getPort();
        for (String policy : List.of("pick_first", "round_robin")) {
            ManagedChannel channel =
                    open(
                            GyrfalconChannelBuilder.forTarget("dns:///localhost:" + port)
                                    .defaultLoadBalancingPolicy(policy)
                                    .usePlaintext());
            assertThat(echo(channel, "hi")).isEqualTo("hi");
        }
    }

    /** grpc-java's own resolver of names, which would be passed over under its own class. */
    private static final class Stock extends NameResolver.Factory {
        private final NameResolverProvider dns =
                NameResolverRegistry.getDefaultRegistry().getProviderForScheme("dns");

        @Override
        public NameResolver newNameResolver(URI target, NameResolver.Args args) {
            return dns.newNameResolver(target, args);
        }

        @Override
        public String getDefaultScheme() {
            return "dns";
        }
    }

    @Test
    @SuppressWarnings("deprecation") // what is tested
    void theResolversOfOthersWorkAsTheyAre() throws IOException {
        int port = ((InetSocketAddress) serve()).getPort();
        for (String policy : List.of("pick_first", "round_robin")) {
            ManagedChannel channel =
                    open(
                            GyrfalconChannelBuilder.forTarget("localhost:" + port)
                                    .nameResolverFactory(new Stock())
                                    .defaultLoadBalancingPolicy(policy)
                                    .usePlaintext());
            assertThat(channel.authority()).isEqualTo("localhost:" + port);
            assertThat(echo(channel, "one")).isEqualTo("one");
            channel.enterIdle();
            assertThat(echo(channel, "two")).isEqualTo("two");
        }
    }

    @Test
    void pathsAreAddresses(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("s");
        serve(UnixDomainSocketAddress.of(path), InsecureServerCredentials.create());
        ManagedChannel channel =
                open(GyrfalconChannelBuilder.forTarget("unix:" + path).usePlaintext());
        assertThat(echo(channel, "hi")).isEqualTo("hi");
    }

    @Test
    void tlsChecksTheServersName() throws IOException {
        ServerCredentials server =
                TlsServerCredentials.newBuilder()
                        .keyManager(SecurityTest.pem("server.pem"), SecurityTest.pem("server.key"))
                        .build();
        InetSocketAddress address =
                (InetSocketAddress)
                        serve(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), server);
        TlsChannelCredentials.Builder client =
                TlsChannelCredentials.newBuilder().trustManager(SecurityTest.pem("ca.pem"));
        ManagedChannel right =
                open(
                        GyrfalconChannelBuilder.forAddress(
                                "localhost", address.getPort(), client.build()));
        assertThat(echo(right, "hi")).isEqualTo("hi");
        ManagedChannel wrong =
                open(
                        GyrfalconChannelBuilder.forAddress(address, client.build())
                                .overrideAuthority("elsewhere.example"));
        assertThatThrownBy(() -> echo(wrong, "hi"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageStartingWith("UNAVAILABLE");
    }

    @Test
    void manyThreadsShareAChannel() throws Exception {
        ManagedChannel channel = open(GyrfalconChannelBuilder.forAddress(serve()).usePlaintext());
        int threads = 8;
        CountDownLatch done = new CountDownLatch(threads);
        List<Throwable> failures = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            String name = "t" + t;
            Thread.startVirtualThread(
                    () -> {
                        try {
                            for (int i = 0; i < 200; i++) {
                                String text = name + "/" + i;
                                if (!echo(channel, text).equals(text)) {
                                    throw new AssertionError(text);
                                }
                            }
                        } catch (Throwable e) {
                            synchronized (failures) {
                                failures.add(e);
                            }
                        } finally {
                            done.countDown();
                        }
                    });
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        synchronized (failures) {
            assertThat(failures).isEmpty();
        }
    }

    @Test
    void streamsGoBothWays() throws Exception {
        ManagedChannel channel = open(GyrfalconChannelBuilder.forAddress(serve()).usePlaintext());
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        StreamObserver<String> to =
                ClientCalls.asyncBidiStreamingCall(
                        channel.newCall(CHAT, CallOptions.DEFAULT),
                        new StreamObserver<>() {
                            @Override
                            public void onNext(String value) {
                                heard.add(value);
                            }

                            @Override
                            public void onError(Throwable t) {
                                heard.add("error " + t);
                            }

                            @Override
                            public void onCompleted() {
                                heard.add("completed");
                            }
                        });
        for (int i = 0; i < 100; i++) {
            to.onNext("m" + i);
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("re: m" + i);
        }
        to.onCompleted();
        assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("completed");
    }

    @Test
    void deadlinesEndCalls() throws IOException {
        ManagedChannel channel = open(GyrfalconChannelBuilder.forAddress(serve()).usePlaintext());
        CallOptions soon = CallOptions.DEFAULT.withDeadlineAfter(50, TimeUnit.MILLISECONDS);
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, ECHO, soon, "never"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e ->
                                assertThat(e.getStatus().getCode())
                                        .isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    }

    @Test
    void statesAreTold() throws Exception {
        ManagedChannel channel = open(GyrfalconChannelBuilder.forAddress(serve()).usePlaintext());
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        channel.notifyWhenStateChanged(ConnectivityState.READY, () -> told.add("not ready"));
        assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo("not ready");
        channel.notifyWhenStateChanged(ConnectivityState.IDLE, () -> told.add("not idle"));
        assertThat(channel.getState(true)).isEqualTo(ConnectivityState.IDLE);
        assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo("not idle");
        assertThat(echo(channel, "hi")).isEqualTo("hi");
        channel.resetConnectBackoff();
        channel.notifyWhenStateChanged(ConnectivityState.READY, () -> told.add("idle"));
        channel.enterIdle();
        assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo("idle");
        channel.shutdown();
        channel.shutdown();
        assertThat(channel.isShutdown()).isTrue();
        assertThat(channel.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(channel.getState(true)).isEqualTo(ConnectivityState.SHUTDOWN);
        assertThatThrownBy(() -> echo(channel, "late"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessage("UNAVAILABLE: Channel shutdown invoked");
        assertThatThrownBy(() -> channel.notifyWhenStateChanged(null, () -> {}))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> channel.notifyWhenStateChanged(ConnectivityState.IDLE, null))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void aChannelThatHasEndedAnswersToo() throws Exception {
        ManagedChannel channel =
                GyrfalconChannelBuilder.forTarget("localhost:1").usePlaintext().build();
        assertThat(channel.shutdown().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        channel.notifyWhenStateChanged(ConnectivityState.READY, () -> told.add("not ready"));
        assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo("not ready");
        channel.newCall(ECHO, CallOptions.DEFAULT)
                .start(
                        new ClientCall.Listener<>() {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                told.add(status.getDescription());
                            }
                        },
                        new Metadata());
        assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo("Channel shutdown invoked");
        channel.enterIdle();
        channel.resetConnectBackoff();
    }

    @Test
    void aServerThatComesBackIsFound(@TempDir Path directory) throws Exception {
        SocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        serve(address, InsecureServerCredentials.create());
        ManagedChannel channel = open(GyrfalconChannelBuilder.forAddress(address).usePlaintext());
        assertThat(echo(channel, "a")).isEqualTo("a");
        assertThat(servers.removeFirst().shutdownNow().awaitTermination(30, TimeUnit.SECONDS))
                .isTrue();
        serve(address, InsecureServerCredentials.create());
        CallOptions patient = CallOptions.DEFAULT.withWaitForReady();
        assertThat(ClientCalls.blockingUnaryCall(channel, ECHO, patient, "b")).isEqualTo("b");
    }

    @Test
    void manyChannelsComeAndGo() throws Exception {
        SocketAddress address = serve();
        for (int i = 0; i < 200; i++) {
            ManagedChannel channel =
                    GyrfalconChannelBuilder.forAddress(address).usePlaintext().build();
            assertThat(echo(channel, "c" + i)).isEqualTo("c" + i);
            assertThat(channel.shutdown().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}

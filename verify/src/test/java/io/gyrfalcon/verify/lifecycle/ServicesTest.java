package io.gyrfalcon.verify.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetServerRequest;
import io.grpc.channelz.v1.GetServerSocketsRequest;
import io.grpc.channelz.v1.GetServersRequest;
import io.grpc.channelz.v1.GetSocketRequest;
import io.grpc.channelz.v1.Socket;
import io.grpc.channelz.v1.SocketRef;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.gyrfalcon.grpc.GyrfalconServerBuilder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The services of grpc-services, unchanged, on our server. */
@Timeout(180)
final class ServicesTest {
    private final HealthStatusManager health = new HealthStatusManager();
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        server =
                GyrfalconServerBuilder.forPort(0)
                        .addService(health.getHealthService())
                        .addService(ProtoReflectionServiceV1.newInstance())
                        .addService(oldReflection())
                        .addService(ChannelzService.newInstance(100))
                        .build()
                        .start();
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                        .usePlaintext()
                        .build();
    }

    @SuppressWarnings("deprecation") // old clients ask for it
    private static io.grpc.BindableService oldReflection() {
        return ProtoReflectionService.newInstance();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        assertThat(server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void healthIsToldAndWatched() {
        HealthGrpc.HealthBlockingStub stub = HealthGrpc.newBlockingStub(channel);
        HealthCheckRequest request = HealthCheckRequest.newBuilder().setService("a.B").build();
        health.setStatus("a.B", ServingStatus.SERVING);
        assertThat(stub.check(request).getStatus()).isEqualTo(ServingStatus.SERVING);
        Iterator<io.grpc.health.v1.HealthCheckResponse> watch = stub.watch(request);
        assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.SERVING);
        health.setStatus("a.B", ServingStatus.NOT_SERVING);
        assertThat(watch.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
    }

    /** The first answer. */
    private static final class First<T> implements StreamObserver<T> {
        final CompletableFuture<T> answer = new CompletableFuture<>();
        final CompletableFuture<Boolean> end = new CompletableFuture<>();

        @Override
        public void onNext(T value) {
            answer.complete(value);
        }

        @Override
        public void onError(Throwable t) {
            answer.completeExceptionally(t);
            end.completeExceptionally(t);
        }

        @Override
        public void onCompleted() {
            end.complete(true);
        }
    }

    @Test
    void servicesAreListedByReflection() throws Exception {
        First<ServerReflectionResponse> first = new First<>();
        StreamObserver<ServerReflectionRequest> requests =
                ServerReflectionGrpc.newStub(channel).serverReflectionInfo(first);
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        List<ServiceResponse> services =
                first.answer.get().getListServicesResponse().getServiceList();
        assertThat(services)
                .extracting(ServiceResponse::getName)
                .contains(
                        "grpc.health.v1.Health",
                        "grpc.reflection.v1.ServerReflection",
                        "grpc.reflection.v1alpha.ServerReflection",
                        "grpc.channelz.v1.Channelz");
        requests.onNext(
                ServerReflectionRequest.newBuilder()
                        .setFileContainingSymbol("grpc.health.v1.Health")
                        .build());
        requests.onCompleted();
        assertThat(first.end.get()).isTrue();
    }

    @Test
    void servicesAreListedByTheOldReflectionToo() throws Exception {
        First<io.grpc.reflection.v1alpha.ServerReflectionResponse> first = new First<>();
        StreamObserver<io.grpc.reflection.v1alpha.ServerReflectionRequest> requests =
                io.grpc.reflection.v1alpha.ServerReflectionGrpc.newStub(channel)
                        .serverReflectionInfo(first);
        requests.onNext(
                io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
                        .setFileContainingSymbol("grpc.health.v1.Health")
                        .build());
        List<ByteString> files =
                first.answer.get().getFileDescriptorResponse().getFileDescriptorProtoList();
        assertThat(files).isNotEmpty();
        requests.onCompleted();
        assertThat(first.end.get()).isTrue();
    }

    @Test
    void channelzShowsTheServerItsSocketsAndItsCalls() {
        HealthGrpc.HealthBlockingStub calls = HealthGrpc.newBlockingStub(channel);
        for (int i = 0; i < 3; i++) {
            assertThat(calls.check(HealthCheckRequest.getDefaultInstance())).isNotNull();
        }
        ChannelzGrpc.ChannelzBlockingStub stub = ChannelzGrpc.newBlockingStub(channel);
        io.grpc.channelz.v1.Server shown = ours(stub);
        assertThat(shown.getData().getCallsStarted()).isGreaterThanOrEqualTo(4);
        assertThat(shown.getData().getCallsSucceeded()).isGreaterThanOrEqualTo(3);
        assertThat(shown.getData().getCallsFailed()).isZero();
        assertThat(shown.getData().hasLastCallStartedTimestamp()).isTrue();
        Socket listener = socket(stub, shown.getListenSocket(0));
        assertThat(listener.getLocal().getTcpipAddress().getPort()).isEqualTo(server.getPort());
        long id = shown.getRef().getServerId();
        List<SocketRef> sockets =
                stub.getServerSockets(GetServerSocketsRequest.newBuilder().setServerId(id).build())
                        .getSocketRefList();
        assertThat(sockets).hasSize(1);
        Socket socket = socket(stub, sockets.getFirst());
        assertThat(socket.getLocal().getTcpipAddress().getPort()).isEqualTo(server.getPort());
        assertThat(socket.getRemote().getTcpipAddress().getPort()).isPositive();
        assertThat(socket.getData().getStreamsStarted()).isGreaterThanOrEqualTo(5);
        assertThat(socket.getData().getMessagesReceived()).isGreaterThanOrEqualTo(5);
        assertThat(socket.getData().getMessagesSent()).isGreaterThanOrEqualTo(4);
        assertThat(socket.getData().hasLastRemoteStreamCreatedTimestamp()).isTrue();
        assertThat(
                        stub.getServer(GetServerRequest.newBuilder().setServerId(id).build())
                                .getServer()
                                .getRef())
                .isEqualTo(shown.getRef());
    }

    /** Other tests' servers may be listed too: ours listens where we said. */
    private io.grpc.channelz.v1.Server ours(ChannelzGrpc.ChannelzBlockingStub stub) {
        for (io.grpc.channelz.v1.Server listed :
                stub.getServers(GetServersRequest.getDefaultInstance()).getServerList()) {
            for (SocketRef listener : listed.getListenSocketList()) {
                int port = socket(stub, listener).getLocal().getTcpipAddress().getPort();
                if (port == server.getPort()) return listed;
            }
        }
        throw new AssertionError("not listed");
    }

    private static Socket socket(ChannelzGrpc.ChannelzBlockingStub stub, SocketRef ref) {
        return stub.getSocket(GetSocketRequest.newBuilder().setSocketId(ref.getSocketId()).build())
                .getSocket();
    }

    @Test
    void channelzForgetsAServerThatHasEnded() throws Exception {
        long before = servers();
        Server another = GyrfalconServerBuilder.forPort(0).build().start();
        assertThat(servers()).isEqualTo(before + 1);
        another.shutdown().awaitTermination();
        assertThat(servers()).isEqualTo(before);
    }

    private long servers() {
        return ChannelzGrpc.newBlockingStub(channel)
                .getServers(GetServersRequest.getDefaultInstance())
                .getServerCount();
    }
}

package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.CompositeChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.LoadBalancer;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.gyrfalcon.grpc.GyrfalconChannelBuilder;
import io.gyrfalcon.grpc.GyrfalconServerBuilder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Channels that a balancing policy makes for itself, to servers of ours. */
@Timeout(60)
class ChildChannelsTest {
    private final ScriptedPolicy policy = new ScriptedPolicy("scripted");
    private final List<Server> servers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final LinkedBlockingQueue<String> authorities = new LinkedBlockingQueue<>();

    @AfterEach
    void end() throws InterruptedException {
        for (ManagedChannel channel : channels) {
            assertThat(channel.shutdownNow().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        for (Server server : servers) {
            assertThat(server.shutdownNow().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        policy.close();
    }

    private final class Noting implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            authorities.add(String.valueOf(call.getAuthority()));
            return next.startCall(call, headers);
        }
    }

    /** A server that answers with its name. */
    private SocketAddress serve(String name) throws IOException {
        ServerServiceDefinition service =
                ServerServiceDefinition.builder("s.S")
                        .addMethod(
                                ChannelRig.UNARY,
                                ServerCalls.asyncUnaryCall(
                                        (String request, StreamObserver<String> to) -> {
                                            to.onNext(name);
                                            to.onCompleted();
                                        }))
                        .build();
        Server server =
                GyrfalconServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                InsecureServerCredentials.create())
                        .addService(service)
                        .intercept(new Noting())
                        .build()
                        .start();
        servers.add(server);
        return server.getListenSockets().getFirst();
    }

    private static String call(ManagedChannel channel) {
        return ClientCalls.blockingUnaryCall(channel, ChannelRig.UNARY, CallOptions.DEFAULT, "hi");
    }

    private <C extends ManagedChannel> C kept(C channel) {
        channels.add(channel);
        return channel;
    }

    /** A channel whose policy has been made. */
    private LoadBalancer.Helper parent(GyrfalconChannelBuilder builder)
            throws InterruptedException {
        CountDownLatch made = new CountDownLatch(1);
        policy.onMade = made::countDown;
        kept(builder.defaultLoadBalancingPolicy("scripted").build()).getState(true);
        made.await();
        return policy.helper;
    }

    private static List<EquivalentAddressGroup> at(SocketAddress address) {
        return List.of(new EquivalentAddressGroup(address));
    }

    @Test
    void aPolicyCallsServersThatItNames() throws Exception {
        SocketAddress one = serve("one");
        SocketAddress two = serve("two");
        LoadBalancer.Helper helper =
                parent(GyrfalconChannelBuilder.forTarget("localhost:1").usePlaintext());
        ManagedChannel oob = kept(helper.createOobChannel(at(one).getFirst(), "named"));
        assertThat(oob.authority()).isEqualTo("named");
        assertThat(call(oob)).isEqualTo("one");
        assertThat(authorities.take()).isEqualTo("named");
        assertThat(oob.getState(false)).isEqualTo(ConnectivityState.READY);
        CountDownLatch moved = new CountDownLatch(1);
        oob.notifyWhenStateChanged(ConnectivityState.READY, moved::countDown);
        helper.updateOobChannelAddresses(oob, at(two).getFirst());
        moved.await();
        assertThat(call(oob)).isEqualTo("two");
        oob.resetConnectBackoff();
        oob.enterIdle();
        assertThat(call(oob)).isEqualTo("two");
        assertThat(oob.toString()).startsWith("OobChannel{");
        assertThat(oob.isShutdown()).isFalse();
        assertThat(oob.shutdown().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(oob.isShutdown()).isTrue();
        assertThat(oob.isTerminated()).isTrue();
        helper.updateOobChannelAddresses(oob, at(one));
    }

    @Test
    @SuppressWarnings("deprecation")
    void aPolicyMakesChannelsLikeItsOwn() throws Exception {
        int port = ((InetSocketAddress) serve("one")).getPort();
        LoadBalancer.Helper helper =
                parent(GyrfalconChannelBuilder.forTarget("localhost:1").usePlaintext());
        String target = "dns:///localhost:" + port;
        assertThat(call(kept(helper.createResolvingOobChannel(target)))).isEqualTo("one");
        assertThat(authorities.take()).isEqualTo("localhost:1");
        assertThat(call(kept(helper.createResolvingOobChannelBuilder(target).build())))
                .isEqualTo("one");
        ChannelCredentials own = helper.getChannelCredentials();
        assertThat(own).isSameAs(helper.getUnsafeChannelCredentials());
        assertThat(call(kept(helper.createResolvingOobChannelBuilder(target, own).build())))
                .isEqualTo("one");
        assertThat(
                        call(
                                kept(
                                        helper.createResolvingOobChannelBuilder(
                                                        target, InsecureChannelCredentials.create())
                                                .build())))
                .isEqualTo("one");
    }

    @Test
    void aPolicyDoesNotSeeTokensUnlessItAsksForThem() throws Exception {
        CallCredentials token =
                new CallCredentials() {
                    @Override
                    public void applyRequestMetadata(
                            RequestInfo info, Executor executor, MetadataApplier applier) {
                        applier.fail(Status.UNAUTHENTICATED);
                    }
                };
        ChannelCredentials plain = InsecureChannelCredentials.create();
        ChannelCredentials both = CompositeChannelCredentials.create(plain, token);
        LoadBalancer.Helper helper = parent(GyrfalconChannelBuilder.forTarget("localhost:1", both));
        assertThat(helper.getUnsafeChannelCredentials()).isSameAs(both);
        assertThat(helper.getChannelCredentials()).isSameAs(plain);
    }
}

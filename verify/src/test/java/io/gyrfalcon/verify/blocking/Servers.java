package io.gyrfalcon.verify.blocking;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.gyrfalcon.grpc.GyrfalconServerBuilder;
import io.gyrfalcon.grpc.server.Carrying;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Servers of one loop of their own, user code in the default lane. Stateless. */
final class Servers {
    private static final String NAME = Scene.CALL.getFullMethodName();
    private static final long HOLD_NANOS = 5_000_000;
    private static final ServerCallHandler<String, String> ECHO =
            ServerCalls.asyncUnaryCall(Servers::answer);
    private static final ServerCallHandler<String, String> HOLDING =
            ServerCalls.asyncUnaryCall(Servers::hold);

    private Servers() {}

    static Server start(String poller, ServerCallHandler<String, String> handler)
            throws IOException {
        return builder(poller, handler).build().start();
    }

    static GyrfalconServerBuilder builder(
            String poller, ServerCallHandler<String, String> handler) {
        return GyrfalconServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .loops(1)
                .poller(poller)
                .addService(
                        ServerServiceDefinition.builder("play.Scene")
                                .addMethod(Scene.CALL, handler)
                                .build());
    }

    /** Starts a server, calls it and stops it. */
    static void callOnce(String poller) throws IOException, InterruptedException {
        callOnce(builder(poller, ECHO).build());
    }

    /**
     * As {@link #callOnce(String)}; its handler holds the loop for longer than it may, and parks.
     */
    static void callOnceHoldingTheLoop(String poller) throws IOException, InterruptedException {
        callOnce(builder(poller, HOLDING).carrying(NAME, Carrying.ALWAYS).build());
    }

    private static void callOnce(Server server) throws IOException, InterruptedException {
        server.start();
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                        .usePlaintext()
                        .directExecutor()
                        .build();
        String answer = ClientCalls.blockingUnaryCall(channel, Scene.CALL, Scene.patiently(), "#7");
        if (!answer.equals("#7")) throw new AssertionError(answer);
        channel.shutdownNow();
        server.shutdown();
        if (!server.awaitTermination(Scene.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the server does not terminate");
        }
    }

    private static void answer(String request, StreamObserver<String> answers) {
        answers.onNext(request);
        answers.onCompleted();
    }

    private static void hold(String request, StreamObserver<String> answers) {
        long end = System.nanoTime() + HOLD_NANOS;
        while (System.nanoTime() - end < 0) Thread.onSpinWait();
        LockSupport.parkNanos(HOLD_NANOS);
        answer(request, answers);
    }
}

package io.gyrfalcon.verify.lifecycle;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server and a connection to it, for one play after the other. One thread at a time. */
final class Hall implements AutoCloseable {
    private static final int WINDOW_BYTES = 100_000;
    private static final int SMALL_BYTES = 10_000;
    private static final int SMALL_METADATA_BYTES = 2_000;
    private static final MethodDescriptor<String, String> PING =
            Stage.method("play.Ping/Ping", MethodType.CLIENT_STREAMING);

    /** How a server is built. */
    record Kind(Lane lane, boolean isChosen, boolean isSmall) {}

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger tasks = new AtomicInteger();
    private final Server server;
    private final ManagedChannel channel;
    private volatile @Nullable Play playing;

    Hall(Engine engine, Kind kind) {
        ServerBuilder<?> builder = engine.builder();
        kind.lane.choose(builder, counting());
        if (kind.isChosen) builder.callExecutor(new Choice());
        if (kind.isSmall) {
            builder.maxInboundMessageSize(SMALL_BYTES);
            builder.maxInboundMetadataSize(SMALL_METADATA_BYTES);
        }
        builder.addService(
                ServerServiceDefinition.builder("play.Ping")
                        .addMethod(PING, (call, headers) -> pong(call))
                        .build());
        builder.addService(Stage.service((call, headers) -> current().startCall(call, headers)));
        builder.intercept(new Around());
        try {
            server = builder.build().start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                        .usePlaintext()
                        .directExecutor()
                        .flowControlWindow(WINDOW_BYTES)
                        .build();
    }

    private ServerCallHandler<String, String> current() {
        Play now = playing;
        if (now == null) throw new IllegalStateException("nothing is played");
        return now.answerer;
    }

    /** The interceptor of the play, for all calls but pings. */
    private final class Around implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            Play now = playing;
            boolean isPing = call.getMethodDescriptor().getServiceName().equals("play.Ping");
            if (now == null || isPing) return next.startCall(call, headers);
            return now.scenario.surroundings().interceptCall(call, headers, next);
        }
    }

    /** Chooses an executor for calls, but none for pings. */
    private final class Choice implements ServerCallExecutorSupplier {
        @Override
        public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata metadata) {
            boolean isPing = call.getMethodDescriptor().getServiceName().equals("play.Ping");
            return isPing ? null : counting();
        }
    }

    private Executor counting() {
        return task -> {
            tasks.incrementAndGet();
            threads.execute(
                    () -> {
                        try {
                            task.run();
                        } finally {
                            tasks.decrementAndGet();
                        }
                    });
        };
    }

    private static ServerCall.Listener<String> pong(ServerCall<String, String> call) {
        call.close(Status.ABORTED, new Metadata());
        return new ServerCall.Listener<>() {};
    }

    ManagedChannel channel() {
        return channel;
    }

    int port() {
        return server.getPort();
    }

    void play(@Nullable Play play) {
        playing = play;
    }

    /** Whether tasks of the server wait or run. */
    boolean isBusy() {
        return tasks.get() > 0;
    }

    /** There and back without a message: what was under way before has arrived, both ways. */
    void ping() {
        CountDownLatch closed = new CountDownLatch(1);
        ClientCall<String, String> call = channel.newCall(PING, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        closed.countDown();
                    }
                },
                new Metadata());
        call.halfClose();
        try {
            if (!closed.await(30, TimeUnit.SECONDS)) throw new AssertionError("no pong");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
        try {
            channel.awaitTermination(30, TimeUnit.SECONDS);
            if (!server.awaitTermination(30, TimeUnit.SECONDS)) {
                throw new AssertionError(server + " does not terminate");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            threads.shutdownNow();
        }
    }
}

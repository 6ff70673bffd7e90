package io.gyrfalcon.bench.idle;

import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.gyrfalcon.bench.Arguments;
import io.gyrfalcon.bench.hello.GreeterGrpc;
import io.gyrfalcon.bench.hello.HelloRequest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Many channels of grpc-java's own client, each one connection, all idle. Says {@code connected},
 * waits for a line, makes one call with some metadata entries on each, says {@code called}, and
 * stays until its input ends. Owned by the main thread. Options: {@code --port}, {@code
 * --connections}, {@code --entries}.
 */
public final class IdleConnections {
    /** How many connect at a time: no backlog overflows. */
    private static final int AT_ONCE = 100;

    private static final HelloRequest HELLO = HelloRequest.newBuilder().setName("hello").build();

    private final List<ManagedChannel> channels = new ArrayList<>();

    private IdleConnections() {}

    /** Connects, calls when told, and leaves when told. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Arguments arguments = new Arguments(words);
        int port = arguments.number("--port", 0, 1, 65_535);
        int count = arguments.number("--connections", 1_000, 1, 18_000);
        int entries = arguments.number("--entries", 10, 0, 100);
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        IdleConnections idle = new IdleConnections();
        idle.connect(port, count);
        System.out.println("connected " + count);
        if (lines.readLine() != null) {
            idle.callOnEach(entries);
            System.out.println("called " + count);
            String rest = lines.readLine();
            if (rest != null) System.out.println("unknown " + rest);
        }
        // leaving closes every connection at once
        Runtime.getRuntime().halt(0);
    }

    private void connect(int port, int count) throws InterruptedException {
        for (int i = 0; i < count; i += AT_ONCE) {
            int batch = Math.min(AT_ONCE, count - i);
            CountDownLatch ready = new CountDownLatch(batch);
            for (int j = 0; j < batch; j++) {
                ManagedChannel channel =
                        NettyChannelBuilder.forTarget(
                                        "127.0.0.1:" + port, InsecureChannelCredentials.create())
                                .directExecutor()
                                .build();
                channels.add(channel);
                awaitReady(channel, ready);
            }
            if (!ready.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        ready.getCount() + " channels not ready (expected: 0)");
            }
        }
    }

    private static void awaitReady(ManagedChannel channel, CountDownLatch ready) {
        ConnectivityState state = channel.getState(true);
        if (state == ConnectivityState.READY) ready.countDown();
        else channel.notifyWhenStateChanged(state, () -> awaitReady(channel, ready));
    }

    private void callOnEach(int entries) {
        for (int i = 0; i < channels.size(); i++) {
            String reply =
                    GreeterGrpc.newBlockingStub(
                                    ClientInterceptors.intercept(
                                            channels.get(i),
                                            MetadataUtils.newAttachHeadersInterceptor(
                                                    metadata(i, entries))))
                            .withDeadlineAfter(20, TimeUnit.SECONDS)
                            .sayHello(HELLO)
                            .getMessage();
            if (!reply.equals("Hello hello")) {
                throw new IllegalStateException(reply + " (expected: Hello hello)");
            }
        }
    }

    /**
     * Entries as services send them: short names, values of 32 characters, no two connections
     * alike.
     */
    private static Metadata metadata(int connection, int entries) {
        Metadata metadata = new Metadata();
        for (int i = 0; i < entries; i++) {
            String value = "connection-" + connection + "-entry-" + i + "-" + "v".repeat(32);
            metadata.put(
                    Metadata.Key.of("x-entry-" + i, Metadata.ASCII_STRING_MARSHALLER),
                    value.substring(0, 32));
        }
        return metadata;
    }
}

package io.gyrfalcon.bench.soak;

import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;

import java.util.concurrent.TimeUnit;

/** grpc-java's own channels to the server under test. Stateless. */
final class Channels {
    private Channels() {}

    static ManagedChannel open(int port) {
        return NettyChannelBuilder.forTarget(
                        "127.0.0.1:" + port, InsecureChannelCredentials.create())
                .build();
    }

    static void close(ManagedChannel channel) throws InterruptedException {
        channel.shutdown();
        if (channel.awaitTermination(10, TimeUnit.SECONDS)) return;
        channel.shutdownNow();
        channel.awaitTermination(10, TimeUnit.SECONDS);
        throw new IllegalStateException("channel: calls left after 10 s (expected: none)");
    }
}

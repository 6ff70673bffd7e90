package io.gyrfalcon.bench.soak;

import com.google.protobuf.ByteString;

import io.grpc.ManagedChannel;
import io.gyrfalcon.bench.mixed.MixedGrpc;
import io.gyrfalcon.bench.mixed.Payload;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Calls and waits; now and then on a channel of its own that it leaves at once. Player's thread.
 */
final class UnaryPlayer implements Player {
    private static final int BODY_BYTES_MAX = 100_000;

    private final int port;
    private final int blockingPercent;
    private final ManagedChannel channel;
    private final BlockingCalls blocking;

    UnaryPlayer(int port, int blockingPercent) {
        this.port = port;
        this.blockingPercent = blockingPercent;
        channel = Channels.open(port);
        blocking = new BlockingCalls(channel);
    }

    @Override
    public void play(SplittableRandom random, Tally tally) throws InterruptedException {
        if (blockingPercent > 0 && random.nextInt(100) < blockingPercent) {
            blocking.call(random, tally);
            return;
        }
        if (random.nextInt(200) > 0) {
            echo(channel, random);
            tally.count("unary");
            return;
        }
        ManagedChannel visit = Channels.open(port);
        try {
            echo(visit, random);
        } finally {
            Channels.close(visit);
        }
        tally.count("visits");
    }

    private static void echo(ManagedChannel channel, SplittableRandom random) {
        Payload payload = payload(random, BODY_BYTES_MAX);
        Payload echoed =
                MixedGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(30, TimeUnit.SECONDS)
                        .echo(payload);
        if (!echoed.equals(payload)) {
            throw new IllegalStateException("echo: another message (expected: the same)");
        }
    }

    /** Mostly small, seldom large. */
    static Payload payload(SplittableRandom random, int bytesMax) {
        byte[] body = new byte[random.nextInt(random.nextInt(10) == 0 ? bytesMax : 200)];
        random.nextBytes(body);
        return Payload.newBuilder()
                .setNumber(random.nextLong())
                .setBody(ByteString.copyFrom(body))
                .build();
    }

    @Override
    public void leave(Tally tally) throws InterruptedException {
        blocking.await(tally);
        Channels.close(channel);
    }
}

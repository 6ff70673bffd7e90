package io.gyrfalcon.bench.soak;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.gyrfalcon.bench.mixed.Block;
import io.gyrfalcon.bench.mixed.MixedGrpc;
import io.gyrfalcon.bench.mixed.Payload;
import io.gyrfalcon.bench.server.BlockingWays;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Calls whose handlers block, a few at a time beside the others of one player. Player's thread. */
final class BlockingCalls {
    private static final int OUTSTANDING_MAX = 12;
    private static final long SPIN_MILLIS = 100;
    private static final Block[] WAYS = Block.values();

    private final ManagedChannel channel;
    private final ArrayDeque<Open> open = new ArrayDeque<>();

    private record Open(Payload request, Answers<Payload> answers) {}

    BlockingCalls(ManagedChannel channel) {
        this.channel = channel;
    }

    /** Makes one, of a way that is drawn; waits for the oldest where there are enough. */
    void call(SplittableRandom random, Tally tally) throws InterruptedException {
        if (open.size() == OUTSTANDING_MAX) awaitOldest(tally);
        Block way = WAYS[1 + random.nextInt(WAYS.length - 2)];
        Payload request = UnaryPlayer.payload(random, 1_000).toBuilder().setBlock(way).build();
        Answers<Payload> answers = new Answers<>();
        stub(way).echo(request, answers);
        open.add(new Open(request, answers));
        tally.count("block-" + way);
    }

    private MixedGrpc.MixedStub stub(Block way) {
        MixedGrpc.MixedStub stub = MixedGrpc.newStub(channel);
        if (way == Block.SPIN_UNTIL_CANCELLED) {
            return stub.withDeadlineAfter(SPIN_MILLIS, TimeUnit.MILLISECONDS);
        }
        if (way != Block.INTERCEPTORS_LOCK) return stub.withDeadlineAfter(60, TimeUnit.SECONDS);
        Metadata headers = new Metadata();
        headers.put(BlockingWays.TAKES_LOCK, "yes");
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    private void awaitOldest(Tally tally) throws InterruptedException {
        Open oldest = open.remove();
        Block way = oldest.request.getBlock();
        @Nullable Throwable end = oldest.answers.awaitEnd();
        Status.Code code = end == null ? Status.Code.OK : Status.fromThrowable(end).getCode();
        if (!isExpected(way, code)) {
            tally.fail(way + ": " + code, new IllegalStateException(end));
        } else if (end == null && !oldest.answers.await().getFirst().equals(oldest.request)) {
            tally.fail(way.toString(), new IllegalStateException("another message"));
        }
    }

    /**
     * The deadline ends both sides: a server that sees it first may answer before its client does.
     */
    private static boolean isExpected(Block way, Status.Code code) {
        if (code == Status.Code.OK) return true;
        return way == Block.SPIN_UNTIL_CANCELLED && code == Status.Code.DEADLINE_EXCEEDED;
    }

    /** Waits for all of them. */
    void await(Tally tally) throws InterruptedException {
        while (!open.isEmpty()) awaitOldest(tally);
    }
}

package io.gyrfalcon.bench.soak;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.gyrfalcon.bench.mixed.DownloadRequest;
import io.gyrfalcon.bench.mixed.MixedGrpc;
import io.gyrfalcon.bench.mixed.Payload;

import org.jspecify.annotations.Nullable;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Gives calls up: by cancelling, by deadlines that cannot be met, and mid-stream. Player's thread.
 */
final class CancelPlayer implements Player {
    private static final long PAUSE_MILLIS = 5;

    private final ManagedChannel channel;

    CancelPlayer(int port) {
        channel = Channels.open(port);
    }

    @Override
    public void play(SplittableRandom random, Tally tally) throws InterruptedException {
        if (random.nextBoolean()) cancelledChat(random, tally);
        else lateDownload(random, tally);
        Thread.sleep(PAUSE_MILLIS);
    }

    private void cancelledChat(SplittableRandom random, Tally tally) throws InterruptedException {
        Answers<Payload> answers = new Answers<>();
        ClientCallStreamObserver<Payload> requests =
                (ClientCallStreamObserver<Payload>)
                        MixedGrpc.newStub(channel)
                                .withDeadlineAfter(30, TimeUnit.SECONDS)
                                .chat(answers);
        int messages = random.nextInt(4);
        for (int i = 0; i < messages; i++) {
            requests.onNext(UnaryPlayer.payload(random, 20_000));
        }
        if (random.nextBoolean()) Thread.sleep(random.nextInt(3));
        requests.cancel("enough", null);
        expect(answers.awaitEnd(), Status.Code.CANCELLED);
        tally.count("cancels");
    }

    private void lateDownload(SplittableRandom random, Tally tally) throws InterruptedException {
        Answers<Payload> answers = new Answers<>();
        MixedGrpc.newStub(channel)
                .withDeadlineAfter(random.nextInt(8_000) + 1, TimeUnit.MICROSECONDS)
                .download(
                        DownloadRequest.newBuilder()
                                .setMessages(2_000)
                                .setMessageBytes(10_000)
                                .build(),
                        answers);
        expect(answers.awaitEnd(), Status.Code.DEADLINE_EXCEEDED);
        tally.count("deadlines");
    }

    /** The wanted end, or a call that was quicker. */
    private static void expect(@Nullable Throwable end, Status.Code expected) {
        if (end == null || Status.fromThrowable(end).getCode() == expected) return;
        throw new IllegalStateException(end + " (expected: " + expected + ")", end);
    }

    @Override
    public void leave(Tally tally) throws InterruptedException {
        Channels.close(channel);
    }
}

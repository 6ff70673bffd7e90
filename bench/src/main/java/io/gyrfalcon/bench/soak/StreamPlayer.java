package io.gyrfalcon.bench.soak;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.gyrfalcon.bench.mixed.DownloadRequest;
import io.gyrfalcon.bench.mixed.MixedGrpc;
import io.gyrfalcon.bench.mixed.Payload;
import io.gyrfalcon.bench.mixed.Totals;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Streams up, down and both ways, and checks every message. Player's thread. */
final class StreamPlayer implements Player {
    private static final int MESSAGES_MAX = 50;
    private static final int BODY_BYTES_MAX = 40_000;

    private final ManagedChannel channel;

    StreamPlayer(int port) {
        channel = Channels.open(port);
    }

    @Override
    public void play(SplittableRandom random, Tally tally) throws InterruptedException {
        switch (random.nextInt(3)) {
            case 0 -> {
                download(random);
                tally.count("downloads");
            }
            case 1 -> {
                upload(random);
                tally.count("uploads");
            }
            default -> {
                chat(random);
                tally.count("chats");
            }
        }
    }

    private void download(SplittableRandom random) {
        int messages = random.nextInt(MESSAGES_MAX);
        int bodyBytes = random.nextInt(BODY_BYTES_MAX);
        Iterator<Payload> payloads =
                MixedGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(30, TimeUnit.SECONDS)
                        .download(
                                DownloadRequest.newBuilder()
                                        .setMessages(messages)
                                        .setMessageBytes(bodyBytes)
                                        .build());
        for (int i = 0; i < messages; i++) {
            Payload payload = payloads.next();
            expect("number", i, payload.getNumber());
            expect("body bytes", bodyBytes, payload.getBody().size());
        }
        if (payloads.hasNext()) throw new IllegalStateException("download: too many messages");
    }

    private void upload(SplittableRandom random) throws InterruptedException {
        Answers<Totals> answers = new Answers<>();
        StreamObserver<Payload> requests = stub().upload(answers);
        long bodyBytes = 0;
        int messages = random.nextInt(MESSAGES_MAX);
        for (int i = 0; i < messages; i++) {
            Payload payload = UnaryPlayer.payload(random, BODY_BYTES_MAX);
            bodyBytes += payload.getBody().size();
            requests.onNext(payload);
        }
        requests.onCompleted();
        Totals totals = answers.await().getFirst();
        expect("messages", messages, totals.getMessages());
        expect("body bytes", bodyBytes, totals.getBodyBytes());
    }

    private void chat(SplittableRandom random) throws InterruptedException {
        Answers<Payload> answers = new Answers<>();
        StreamObserver<Payload> requests = stub().chat(answers);
        List<Payload> said = new ArrayList<>();
        int messages = random.nextInt(MESSAGES_MAX);
        for (int i = 0; i < messages; i++) {
            Payload payload = UnaryPlayer.payload(random, BODY_BYTES_MAX);
            said.add(payload);
            requests.onNext(payload);
        }
        requests.onCompleted();
        if (!answers.await().equals(said)) {
            throw new IllegalStateException("chat: other messages (expected: the same)");
        }
    }

    private MixedGrpc.MixedStub stub() {
        return MixedGrpc.newStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private static void expect(String what, long expected, long found) {
        if (found != expected) {
            throw new IllegalStateException(what + ": " + found + " (expected: " + expected + ")");
        }
    }

    @Override
    public void leave(Tally tally) throws InterruptedException {
        Channels.close(channel);
    }
}

package io.gyrfalcon.verify.blocking;

import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.gyrfalcon.grpc.GyrfalconChannelBuilder;

import java.util.concurrent.TimeUnit;

/**
 * A process that opens channels, uses them and shuts them down, and what it holds afterwards. Its
 * server goes on, and with it the pools of its loop: one thing left by each hundredth channel is
 * more than they explain.
 */
final class ManyChannels {
    private static final int WARM_CYCLES = 30;
    private static final String UNANSWERED = "unanswered";

    private ManyChannels() {}

    /** Ends with 0 if nothing has leaked; the arguments are a poller and a number of channels. */
    public static void main(String[] arguments) throws Exception {
        Server server =
                Servers.start(arguments[0], ServerCalls.asyncUnaryCall(ManyChannels::answer));
        int channels = Integer.parseInt(arguments[1]);
        play(server.getPort(), WARM_CYCLES);
        Held before = Held.settled(null);
        long start = System.nanoTime();
        play(server.getPort(), channels);
        long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        Held limit = before.with(channels / 100);
        Held after = Held.settled(limit);
        System.out.printf(
                "%d channels in %d ms: before %s, after %s%n", channels, tookMillis, before, after);
        if (!after.isWithin(limit)) throw new AssertionError("leaked: " + after);
        System.out.println("well.");
        System.exit(0);
    }

    private static void answer(String request, StreamObserver<String> answers) {
        if (request.equals(UNANSWERED)) return;
        answers.onNext(request);
        answers.onCompleted();
    }

    /** Every third channel goes with its call, every third before its call has ended. */
    private static void play(int port, int channels) throws InterruptedException {
        for (int i = 0; i < channels; i++) {
            ManagedChannel channel =
                    GyrfalconChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
            String answer =
                    ClientCalls.blockingUnaryCall(channel, Scene.CALL, Scene.patiently(), "#7");
            if (!answer.equals("#7")) throw new AssertionError(answer);
            if (i % 3 == 0) begin(channel);
            if (i % 3 == 1) begin(channel).cancel("enough", null);
            if (i % 3 == 2) channel.shutdown();
            else channel.shutdownNow();
            if (!channel.awaitTermination(Scene.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("channel " + i + " does not terminate");
            }
        }
    }

    private static ClientCall<String, String> begin(ManagedChannel channel) {
        ClientCall<String, String> call = channel.newCall(Scene.CALL, Scene.patiently());
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        call.request(1);
        call.sendMessage(UNANSWERED);
        call.halfClose();
        return call;
    }
}

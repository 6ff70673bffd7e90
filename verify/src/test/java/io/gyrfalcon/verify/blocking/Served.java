package io.gyrfalcon.verify.blocking;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.gyrfalcon.verify.Child;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, and our channels to it. Owned by the test's thread. */
final class Served implements AutoCloseable {
    private static final int START_SECONDS = 60;

    private final Mode mode;
    private final Child child;
    private final ManagedChannel[] channels = new ManagedChannel[2];
    private final int echoPort;
    private final List<ClientCall<?, ?>> toCancel = new ArrayList<>();
    private int asked;

    Served(Mode mode, Path folder) throws IOException, InterruptedException {
        this.mode = mode;
        child = Child.java(mode.command(SceneServer.class, folder.toString()));
        int port = Integer.parseInt(outputAfter("port "));
        echoPort = Integer.parseInt(outputAfter("echo "));
        for (int i = 0; i < channels.length; i++) {
            channels[i] =
                    NettyChannelBuilder.forAddress("127.0.0.1", port)
                            .usePlaintext()
                            .directExecutor()
                            .build();
        }
    }

    private String outputAfter(String text) throws InterruptedException {
        Pattern whole = Pattern.compile("(?m)^" + Pattern.quote(text) + "(.*)\\.$");
        child.awaitOutput(text, START_SECONDS);
        Matcher matcher = whole.matcher(child.output());
        while (!matcher.find()) {
            Thread.sleep(5);
            matcher = whole.matcher(child.output());
        }
        return matcher.group(1);
    }

    /** The connection of the calls beside. */
    ManagedChannel channel() {
        return channels[0];
    }

    /** Begins to look at what neither the engine nor its callers do. */
    Machine.Watch watch() throws IOException {
        return new Machine.Watch(echoPort, ProcessHandle.current(), child.handle());
    }

    /** Asks the server's process. */
    String ask(String question) throws IOException, InterruptedException {
        int number = ++asked;
        child.input().write((number + " " + question + '\n').getBytes(UTF_8));
        child.input().flush();
        return outputAfter("answer " + number + ": ");
    }

    /** How many visits of a handler have begun and have ended so far. */
    int[] count(Handler handler) throws IOException, InterruptedException {
        String[] counts = ask("count " + handler).split(" ");
        return new int[] {Integer.parseInt(counts[0]), Integer.parseInt(counts[1])};
    }

    /** How many of the calls since the last time a loop has carried. */
    Carried carried() throws IOException, InterruptedException {
        return Carried.parse(ask("carried"));
    }

    /** Calls a handler: every second time on the connection of the calls beside. */
    CompletableFuture<Status> visit(Handler handler, int round, int index) {
        CallOptions options = Scene.patiently();
        if (handler.end == Status.Code.DEADLINE_EXCEEDED) {
            options = options.withDeadlineAfter(Scene.DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
        }
        Metadata headers = new Metadata();
        if (handler == Handler.INTERCEPTORS_LOCK) headers.put(Scene.TAKES_LOCK, "yes");
        ClientCall<String, String> call =
                channels[index % channels.length].newCall(Scene.CALL, options);
        CompletableFuture<Status> end = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                headers);
        call.request(2);
        call.sendMessage(Scene.request(handler, round));
        call.halfClose();
        if (handler.end == Status.Code.CANCELLED) toCancel.add(call);
        return end;
    }

    /** Cancels the visits that end in no other way. */
    void cancelVisits() {
        for (ClientCall<?, ?> call : toCancel) call.cancel("enough", null);
        toCancel.clear();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (ManagedChannel channel : channels) channel.shutdownNow();
        child.input().close();
        int exit = child.await(START_SECONDS);
        child.close();
        Path said = Path.of("target", "scenes-" + mode + ".log");
        Files.writeString(said, child.output());
        assertThat(exit).as("exit code; see %s", said).isZero();
    }
}

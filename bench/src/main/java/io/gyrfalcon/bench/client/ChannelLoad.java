package io.gyrfalcon.bench.client;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.gyrfalcon.bench.Arguments;
import io.gyrfalcon.bench.Phases;
import io.gyrfalcon.bench.hello.GreeterGrpc;
import io.gyrfalcon.bench.hello.HelloRequest;
import io.gyrfalcon.bench.server.Allocation;

import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * One channel under load, of whichever engine the class path offers: calls of an asynchronous stub
 * that follow each other, or threads with a blocking stub. Options: {@code --port}, {@code
 * --outstanding} or {@code --threads}, {@code --executor default|direct}, and those of {@link
 * Phases}. After the measured figures it says what the whole process has allocated meanwhile.
 */
public final class ChannelLoad implements Phases.Load {
    private static final HelloRequest HELLO = HelloRequest.newBuilder().setName("hello").build();
    private static final String EXPECTED = "Hello hello";
    private static final int DEADLINE_SECONDS = 20;

    private final ManagedChannel channel;
    private final int outstanding;
    private final int threads;

    /** Kept from phase to phase: it is no part of what calls allocate. */
    private final Histogram latencies = new ConcurrentHistogram(Phases.newHistogram());

    private long allocatedBytes;

    ChannelLoad(int port, boolean direct, int outstanding, int threads) {
        ManagedChannelBuilder<?> builder =
                Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create());
        channel = direct ? builder.directExecutor().build() : builder.build();
        this.outstanding = outstanding;
        this.threads = threads;
    }

    /** Warms up, says {@code warm}, waits for a line, measures, says what was measured. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Arguments arguments = new Arguments(words);
        ChannelLoad load =
                new ChannelLoad(
                        arguments.number("--port", 0, 1, 65_535),
                        isDirect(arguments.text("--executor", "default")),
                        arguments.number("--outstanding", 0, 0, 10_000),
                        arguments.number("--threads", 0, 0, 1_000));
        System.out.println("engine " + load.channel.getClass().getName());
        try {
            Phases.run(load, arguments, System.in, System.out);
            System.out.println("allocated " + load.allocatedBytes);
        } finally {
            load.close();
        }
    }

    private static boolean isDirect(String executor) {
        return switch (executor) {
            case "default" -> false;
            case "direct" -> true;
            default ->
                    throw new IllegalArgumentException(
                            "--executor: " + executor + " (expected: default or direct)");
        };
    }

    @Override
    public Phases.Outcome run(long nanos) throws InterruptedException {
        latencies.reset();
        long before = Allocation.processBytes();
        Phases.Outcome outcome = threads > 0 ? block(nanos) : follow(nanos);
        allocatedBytes = Allocation.processBytes() - before;
        return outcome;
    }

    private Phases.Outcome follow(long nanos) throws InterruptedException {
        CallLoops loops = new CallLoops(latencies, outstanding, nanos);
        for (int i = 0; i < outstanding; i++) loops.start(channel);
        return loops.await();
    }

    private Phases.Outcome block(long nanos) throws InterruptedException {
        LongAdder failures = new LongAdder();
        long startNanos = System.nanoTime();
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            running.add(Thread.ofPlatform().start(() -> callUntil(startNanos + nanos, failures)));
        }
        for (Thread thread : running) thread.join();
        return new Phases.Outcome(latencies, failures.sum(), System.nanoTime() - startNanos);
    }

    private void callUntil(long endNanos, LongAdder failures) {
        GreeterGrpc.GreeterBlockingStub stub = GreeterGrpc.newBlockingStub(channel);
        long now = System.nanoTime();
        while (now - endNanos < 0) {
            if (isAnswered(stub)) latencies.recordValue(System.nanoTime() - now);
            else failures.increment();
            now = System.nanoTime();
        }
    }

    private static boolean isAnswered(GreeterGrpc.GreeterBlockingStub stub) {
        try {
            return stub.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .sayHello(HELLO)
                    .getMessage()
                    .equals(EXPECTED);
        } catch (StatusRuntimeException failed) {
            return false;
        }
    }

    void close() throws InterruptedException {
        channel.shutdownNow();
        channel.awaitTermination(10, TimeUnit.SECONDS);
    }
}

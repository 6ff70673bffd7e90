package io.gyrfalcon.bench.client;

import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.gyrfalcon.bench.Arguments;
import io.gyrfalcon.bench.Phases;

import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * grpc-java's own client as load: some channels, some calls outstanding on each, every call with a
 * deadline and a trace of its own. Options: {@code --port}, {@code --channels}, {@code
 * --outstanding}, {@code --warm-millis}, {@code --millis}.
 */
public final class ClosedLoop implements Phases.Load {
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final int outstanding;

    ClosedLoop(int port, int channelCount, int outstanding) {
        this.outstanding = outstanding;
        for (int i = 0; i < channelCount; i++) {
            channels.add(
                    NettyChannelBuilder.forTarget(
                                    "127.0.0.1:" + port, InsecureChannelCredentials.create())
                            .directExecutor()
                            .intercept(new TracePerCall())
                            .build());
        }
    }

    /** Warms up, says {@code warm}, waits for a line, measures, says what was measured. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Arguments arguments = new Arguments(words);
        ClosedLoop load =
                new ClosedLoop(
                        arguments.number("--port", 0, 1, 65_535),
                        arguments.number("--channels", 10, 1, 1_000),
                        arguments.number("--outstanding", 100, 1, 10_000));
        try {
            Phases.run(load, arguments, System.in, System.out);
        } finally {
            load.close();
        }
    }

    @Override
    public Phases.Outcome run(long nanos) throws InterruptedException {
        Histogram latencies = new ConcurrentHistogram(Phases.newHistogram());
        CallLoops loops = new CallLoops(latencies, channels.size() * outstanding, nanos);
        for (ManagedChannel channel : channels) {
            for (int i = 0; i < outstanding; i++) loops.start(channel);
        }
        return loops.await();
    }

    void close() throws InterruptedException {
        for (ManagedChannel channel : channels) channel.shutdownNow();
        for (ManagedChannel channel : channels) channel.awaitTermination(10, TimeUnit.SECONDS);
    }
}

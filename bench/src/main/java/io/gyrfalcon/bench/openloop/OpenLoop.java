package io.gyrfalcon.bench.openloop;

import io.gyrfalcon.bench.Arguments;
import io.gyrfalcon.bench.Phases;
import io.gyrfalcon.bench.wire.GreeterConnection;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Sends greeter calls at a fixed rate, whatever the server does, and times each from the moment it
 * was meant to leave: a server that stalls is charged for every call that fell due meanwhile. Owned
 * by the main thread, which spins. Options: {@code --port}, {@code --connections}, {@code --rate}
 * (calls per second over all connections), {@code --warm-millis}, {@code --millis}.
 */
public final class OpenLoop implements Phases.Load, AutoCloseable {
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Selector selector;
    private final GreeterConnection[] connections;
    private final double intervalNanos;
    private final Consumer<SelectionKey> onReady = this::receive;
    private Histogram latencies = Phases.newHistogram();

    OpenLoop(int port, int connectionCount, int callsPerSecond) throws IOException {
        selector = Selector.open();
        connections = new GreeterConnection[connectionCount];
        intervalNanos = 1e9 / callsPerSecond;
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (int i = 0; i < connectionCount; i++) {
            connections[i] = new GreeterConnection(server, false);
            connections[i].channel().register(selector, SelectionKey.OP_READ, connections[i]);
        }
    }

    /** Warms up, says {@code warm}, waits for a line, measures, says what was measured. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Arguments arguments = new Arguments(words);
        try (OpenLoop load =
                new OpenLoop(
                        arguments.number("--port", 0, 1, 65_535),
                        arguments.number("--connections", 10, 1, 1_000),
                        arguments.number("--rate", 1_000, 1, 10_000_000))) {
            Phases.run(load, arguments, System.in, System.out);
        }
    }

    @Override
    public Phases.Outcome run(long nanos) throws IOException {
        latencies = Phases.newHistogram();
        long failuresBefore = failures();
        long startNanos = System.nanoTime();
        long calls = (long) (nanos / intervalNanos);
        long sent = 0;
        int index = 0;
        while (sent < calls) {
            long due =
                    Math.min(calls, (long) ((System.nanoTime() - startNanos) / intervalNanos) + 1);
            int refused = 0;
            while (sent < due && refused < connections.length) {
                GreeterConnection connection = connections[index];
                index = index + 1 == connections.length ? 0 : index + 1;
                if (connection.call(startNanos + (long) (sent * intervalNanos))) {
                    sent++;
                    refused = 0;
                } else {
                    refused++;
                }
            }
            exchange();
        }
        drain();
        return new Phases.Outcome(
                latencies, failures() - failuresBefore, System.nanoTime() - startNanos);
    }

    private void drain() throws IOException {
        long limitNanos = System.nanoTime() + GRACE_NANOS;
        while (outstanding() > 0) {
            if (System.nanoTime() - limitNanos > 0) {
                throw new IllegalStateException(outstanding() + " calls unanswered (expected: 0)");
            }
            exchange();
        }
    }

    private void exchange() throws IOException {
        for (GreeterConnection connection : connections) connection.flush();
        selector.selectNow(onReady);
    }

    private void receive(SelectionKey key) {
        ((GreeterConnection) key.attachment()).receive(latencies);
    }

    private long outstanding() {
        long sum = 0;
        for (GreeterConnection connection : connections) sum += connection.outstanding();
        return sum;
    }

    private long failures() {
        long sum = 0;
        for (GreeterConnection connection : connections) sum += connection.failures();
        return sum;
    }

    @Override
    public void close() throws IOException {
        for (GreeterConnection connection : connections) connection.close();
        selector.close();
    }
}

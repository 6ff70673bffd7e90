package io.gyrfalcon.bench.spin;

import io.gyrfalcon.bench.Arguments;
import io.gyrfalcon.bench.Phases;
import io.gyrfalcon.bench.wire.GreeterConnection;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * One greeter call after the other on one bare socket. Owned by the main thread. Options: {@code
 * --port}, {@code --wait spin|block} (whether it asks the socket again and again or sleeps in its
 * read), {@code --warm-millis}, {@code --millis}.
 */
public final class OneByOne implements Phases.Load, AutoCloseable {
    private final GreeterConnection connection;

    OneByOne(int port, boolean isSpinning) throws IOException {
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        connection = new GreeterConnection(server, !isSpinning);
    }

    /** Warms up, says {@code warm}, waits for a line, measures, says what was measured. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Arguments arguments = new Arguments(words);
        String wait = arguments.text("--wait", "spin");
        if (!wait.equals("spin") && !wait.equals("block")) {
            throw new IllegalArgumentException("--wait: " + wait + " (expected: spin or block)");
        }
        int port = arguments.number("--port", 0, 1, 65_535);
        try (OneByOne load = new OneByOne(port, wait.equals("spin"))) {
            Phases.run(load, arguments, System.in, System.out);
        }
    }

    @Override
    public Phases.Outcome run(long nanos) throws IOException {
        Histogram latencies = Phases.newHistogram();
        long failuresBefore = connection.failures();
        long startNanos = System.nanoTime();
        long nowNanos = startNanos;
        while (nowNanos - startNanos < nanos) {
            if (!connection.call(nowNanos)) {
                throw new IllegalStateException("a call did not fit (expected: one at a time)");
            }
            connection.flush();
            while (connection.outstanding() > 0) connection.receive(latencies);
            nowNanos = System.nanoTime();
        }
        return new Phases.Outcome(
                latencies, connection.failures() - failuresBefore, nowNanos - startNanos);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}

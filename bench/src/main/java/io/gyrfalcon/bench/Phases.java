package io.gyrfalcon.bench;

import org.HdrHistogram.Histogram;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The two phases of a load driver. It warms up, says {@code warm} with nothing outstanding, waits
 * for a line, measures, and says {@code measured} with its figures once nothing is outstanding
 * again: whoever reads these lines may sample the server in between and knows exactly which calls
 * lie there. Stateless.
 */
public final class Phases {
    /** Latencies are kept to three digits up to a minute. */
    private static final long HIGHEST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final long WARM_STEP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long WARM_NANOS_MAX = TimeUnit.MINUTES.toNanos(3);

    private Phases() {}

    /** Something that can load a server for a while. */
    public interface Load {
        /** Loads for that long and returns when nothing is outstanding. */
        Outcome run(long nanos) throws IOException, InterruptedException;
    }

    /** What one phase did: latencies in nanoseconds, calls that failed, and how long it took. */
    public record Outcome(Histogram latencies, long failures, long nanos) {}

    /** An empty histogram of nanoseconds. */
    public static Histogram newHistogram() {
        return new Histogram(HIGHEST_NANOS, 3);
    }

    /**
     * Runs both phases. The first lasts until {@code --warm-millis} have passed and {@code
     * --warm-calls} have been answered, the second {@code --millis}. The first is run in many short
     * steps: what is compiled in the midst of one long run is compiled again for the next, in the
     * midst of what is measured.
     */
    public static void run(Load load, Arguments arguments, InputStream input, PrintStream output)
            throws IOException, InterruptedException {
        int warmMillis = arguments.number("--warm-millis", 2_000, 0, 600_000);
        int millis = arguments.number("--millis", 2_000, 1, 600_000);
        warm(load, warmMillis, arguments.number("--warm-calls", 0, 0, 100_000_000));
        output.println("warm");
        output.flush();
        new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8)).readLine();
        Outcome outcome = load.run(TimeUnit.MILLISECONDS.toNanos(millis));
        output.println("measured " + line(outcome));
        output.flush();
    }

    private static void warm(Load load, int millis, int calls)
            throws IOException, InterruptedException {
        long startNanos = System.nanoTime();
        long wantedNanos = TimeUnit.MILLISECONDS.toNanos(millis);
        long answered = 0;
        while (answered < calls || System.nanoTime() - startNanos < wantedNanos) {
            if (System.nanoTime() - startNanos > WARM_NANOS_MAX) {
                throw new IllegalStateException(
                        answered + " warm calls in three minutes (expected: " + calls + ")");
            }
            answered += load.run(WARM_STEP_NANOS).latencies().getTotalCount();
        }
    }

    /** The figures as {@code name=value} words; latencies in microseconds. */
    static String line(Outcome outcome) {
        Histogram latencies = outcome.latencies();
        return String.format(
                Locale.ROOT,
                "calls=%d failures=%d seconds=%.3f p50=%.1f p90=%.1f p99=%.1f p999=%.1f max=%.1f",
                latencies.getTotalCount(),
                outcome.failures(),
                outcome.nanos() / 1e9,
                latencies.getValueAtPercentile(50) / 1e3,
                latencies.getValueAtPercentile(90) / 1e3,
                latencies.getValueAtPercentile(99) / 1e3,
                latencies.getValueAtPercentile(99.9) / 1e3,
                latencies.getMaxValue() / 1e3);
    }
}

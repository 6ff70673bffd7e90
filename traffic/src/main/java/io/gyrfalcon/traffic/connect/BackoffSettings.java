package io.gyrfalcon.traffic.connect;

/**
 * How long to wait between attempts to connect, by gRPC's document on connection back-off.
 * Immutable.
 *
 * @param initialNanos from the start of the first attempt to the start of the second
 * @param multiplier by what each wait exceeds the one before
 * @param jitter by what part a wait may be shorter or longer
 * @param maxNanos the longest wait, before jitter
 * @param attemptNanosMin how long an attempt may take at least
 */
public record BackoffSettings(
        long initialNanos, double multiplier, double jitter, long maxNanos, long attemptNanosMin) {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long LONGEST_NANOS = 1L << 60;

    /** Checks each. */
    public BackoffSettings {
        requireNanos("initialNanos", initialNanos);
        requireNanos("maxNanos", maxNanos);
        requireNanos("attemptNanosMin", attemptNanosMin);
        if (!(multiplier >= 1 && multiplier <= 1_000)) {
            throw new IllegalArgumentException(
                    "multiplier: " + multiplier + " (expected: 1..1000)");
        }
        if (!(jitter >= 0 && jitter < 1)) {
            throw new IllegalArgumentException("jitter: " + jitter + " (expected: 0..1)");
        }
        if (maxNanos < initialNanos) {
            throw new IllegalArgumentException(
                    "maxNanos: " + maxNanos + " (expected: >= initialNanos, " + initialNanos + ")");
        }
    }

    /** The document's numbers: 1 s, 1.6, 0.2, 120 s, 20 s. */
    public static BackoffSettings standard() {
        return new BackoffSettings(SECOND_NANOS, 1.6, 0.2, 120 * SECOND_NANOS, 20 * SECOND_NANOS);
    }

    private static void requireNanos(String name, long value) {
        if (value >= 1 && value <= LONGEST_NANOS) return;
        throw new IllegalArgumentException(
                name + ": " + value + " (expected: 1.." + LONGEST_NANOS + ")");
    }
}

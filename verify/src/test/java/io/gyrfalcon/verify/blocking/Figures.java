package io.gyrfalcon.verify.blocking;

import java.util.Arrays;

/** Percentiles of some times. Immutable. */
record Figures(int count, double p50Millis, double p99Millis, double maxMillis) {
    /** Of the first {@code count} times. */
    static Figures of(long[] nanos, int count) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return new Figures(
                count,
                millis(sorted, count / 2),
                millis(sorted, (int) Math.ceil(count * 0.99) - 1),
                millis(sorted, count - 1));
    }

    private static double millis(long[] sorted, int index) {
        return sorted.length == 0 ? 0 : sorted[Math.max(0, index)] / 1e6;
    }

    @Override
    public String toString() {
        return "p50 %.2f ms, p99 %.2f ms, max %.2f ms".formatted(p50Millis, p99Millis, maxMillis);
    }
}

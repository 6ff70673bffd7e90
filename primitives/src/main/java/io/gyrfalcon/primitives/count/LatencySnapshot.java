package io.gyrfalcon.primitives.count;

/** What a {@link LatencyHistogram} had recorded at one moment. Immutable. */
public final class LatencySnapshot {
    private final long[] counts;
    private final long sum;
    private final long count;

    LatencySnapshot(long[] counts, long sum) {
        this.counts = counts;
        this.sum = sum;
        long total = 0;
        for (long one : counts) total += one;
        count = total;
    }

    /** How many values. */
    public long count() {
        return count;
    }

    /** Their mean in nanoseconds, 0 if there are none. */
    public double meanNanos() {
        return count == 0 ? 0 : (double) sum / count;
    }

    /** The largest in nanoseconds, to 1/32 of itself; 0 if there are none. */
    public long maxNanos() {
        return valueAtPercentile(100);
    }

    /**
     * A value that the given share of values does not exceed, to 1/32 of itself and never below it.
     *
     * @param percentile 0 to 100, cut to that
     * @return nanoseconds, 0 if there are no values
     */
    public long valueAtPercentile(double percentile) {
        if (count == 0) return 0;
        double share = Math.max(0, Math.min(percentile, 100)) / 100;
        long rank = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        int bucket = -1;
        while (seen < rank) seen += counts[++bucket];
        return LatencyHistogram.bucketMax(bucket);
    }

    /**
     * The values of both, as of several loops.
     *
     * @param other another snapshot
     */
    public LatencySnapshot plus(LatencySnapshot other) {
        long[] both = counts.clone();
        for (int i = 0; i < both.length; i++) both[i] += other.counts[i];
        return new LatencySnapshot(both, sum + other.sum);
    }

    /**
     * The values that came after an earlier snapshot of the same histogram.
     *
     * @param earlier taken before this one
     */
    public LatencySnapshot since(LatencySnapshot earlier) {
        long[] later = counts.clone();
        for (int i = 0; i < later.length; i++) later[i] -= earlier.counts[i];
        return new LatencySnapshot(later, sum - earlier.sum);
    }
}

package io.gyrfalcon.primitives.count;

import io.gyrfalcon.primitives.HotPath;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How often which latency occurred: from 1 ns to over an hour, each known to 1/32 of itself. One
 * thread at a time records, any thread takes snapshots; wait-free on both sides.
 */
@HotPath
public final class LatencyHistogram {
    /*
     * Log-linear. A value of n significant bits is cut to its first six, of which the first is
     * always 1: 32 buckets for each power of two, and exact below 64. The bucket's index follows
     * from the number of leading zeros and one shift. What is larger than the largest value counts
     * as that, and negative values as 0.
     */
    private static final int PRECISION_BITS = 5;
    private static final long NANOS_MAX = (1L << 42) - 1;
    static final int BUCKETS = bucketOf(NANOS_MAX) + 1;

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle SUM;

    static {
        try {
            SUM = MethodHandles.lookup().findVarHandle(LatencyHistogram.class, "sum", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long[] counts = new long[BUCKETS];
    private long sum;

    /** Empty; 9 KiB. */
    public LatencyHistogram() {}

    /**
     * Counts one latency. The writer only.
     *
     * @param nanos cut to 0 and 73 minutes
     */
    public void record(long nanos) {
        long within = Math.max(0, Math.min(nanos, NANOS_MAX));
        int bucket = bucketOf(within);
        countOpaque(bucket, counts[bucket] + 1);
        sumOpaque(sum + within);
    }

    /**
     * What was recorded so far. Any thread; a value recorded meanwhile may be in it or not.
     *
     * @return a copy that does not change
     */
    public LatencySnapshot snapshot() {
        long[] copy = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) copy[i] = (long) COUNT.getOpaque(counts, i);
        return new LatencySnapshot(copy, (long) SUM.getOpaque(this));
    }

    static int bucketOf(long nanos) {
        int shift = Math.max(0, 63 - PRECISION_BITS - Long.numberOfLeadingZeros(nanos | 1));
        return (shift << PRECISION_BITS) + (int) (nanos >>> shift);
    }

    /** The largest value that counts in a bucket. */
    static long bucketMax(int bucket) {
        int shift = Math.max(0, (bucket >> PRECISION_BITS) - 1);
        long prefix = bucket - ((long) shift << PRECISION_BITS);
        return ((prefix + 1) << shift) - 1;
    }

    private void countOpaque(int bucket, long value) {
        COUNT.setOpaque(counts, bucket, value);
    }

    private void sumOpaque(long value) {
        SUM.setOpaque(this, value);
    }
}

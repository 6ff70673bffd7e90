package io.gyrfalcon.grpc.server;

import io.gyrfalcon.primitives.HotPath;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How often which time was measured, by powers of two of nanoseconds. Any thread; wait-free.
 *
 * <p>Each loop counts in a stripe of its own, so that loops do not share cache lines.
 */
@HotPath
final class MountTimes {
    private static final int BUCKETS = 32;
    private static final int STRIPES = 8;

    /** A cache line between the stripes. */
    private static final int STRIDE = BUCKETS + 16;

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(int[].class);

    private final int[] counts = new int[STRIPES * STRIDE];

    void record(long nanos, int stripe) {
        int at = (stripe & (STRIPES - 1)) * STRIDE + bucketOf(nanos);
        COUNT.getAndAdd(counts, at, 1);
    }

    private static int bucketOf(long nanos) {
        return Math.min(BUCKETS - 1, 63 - Long.numberOfLeadingZeros(nanos | 1));
    }

    /** How many times were measured. */
    long count() {
        return countFrom(0);
    }

    /** How many times were in the bucket of this one or in a higher one. */
    long countAbove(long nanos) {
        return countFrom(bucketOf(nanos));
    }

    private long countFrom(int first) {
        long sum = 0;
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            for (int bucket = first; bucket < BUCKETS; bucket++) {
                sum += countOpaque(stripe * STRIDE + bucket);
            }
        }
        return sum;
    }

    private int countOpaque(int at) {
        return (int) COUNT.getOpaque(counts, at);
    }
}

package io.gyrfalcon.http2;

/** Arithmetic of times that may never come. Stateless. */
final class Deadline {
    static final long NONE = Long.MAX_VALUE;

    private Deadline() {}

    /** {@code nowNanos + nanos}, or NONE when {@code nanos} is {@link Http2Settings#NEVER}. */
    static long after(long nowNanos, long nanos) {
        if (nanos == Http2Settings.NEVER) return NONE;
        long sum = nowNanos + nanos;
        return nowNanos > 0 && sum < 0 ? NONE : sum;
    }
}

package io.gyrfalcon.primitives.time;

/** A source of monotonic time. Any thread may read it. */
public interface Clock {
    /** The longest delay that {@link #deadline} keeps apart from another: 2^62 ns, 146 years. */
    long DELAY_NANOS_MAX = 1L << 62;

    /**
     * Nanoseconds since an arbitrary origin, possibly negative; compare by difference only, as with
     * {@link System#nanoTime()}.
     */
    long nanoTime();

    /** The machine's clock. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }

    /**
     * The instant a delay from now, where a delay beyond {@link #DELAY_NANOS_MAX} counts as that:
     * differences to it cannot overflow.
     *
     * @param nowNanos an instant
     * @param delayNanos how long from there, may be negative or {@link Long#MAX_VALUE}
     */
    static long deadline(long nowNanos, long delayNanos) {
        return nowNanos + Math.max(-DELAY_NANOS_MAX, Math.min(delayNanos, DELAY_NANOS_MAX));
    }
}

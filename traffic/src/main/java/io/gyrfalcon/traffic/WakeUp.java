package io.gyrfalcon.traffic;

/**
 * Arithmetic of the instants at which a plan wants to be asked again. Stateless.
 *
 * <p>Instants are nanoseconds of a clock that may be negative: they are compared by difference.
 */
public final class WakeUp {
    /** No instant: nothing is waited for. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final long DELAY_NANOS_MAX = 1L << 62;

    private WakeUp() {}

    /** The instant {@code delayNanos} from now; one that is centuries away counts as 2^62 ns. */
    public static long after(long nowNanos, long delayNanos) {
        return nowNanos + Math.max(0, Math.min(delayNanos, DELAY_NANOS_MAX));
    }

    /** Whether an instant has come. */
    public static boolean isDue(long atNanos, long nowNanos) {
        return atNanos != NEVER && nowNanos - atNanos >= 0;
    }

    /** The first of two instants. */
    public static long earlier(long a, long b) {
        if (a == NEVER) return b;
        return b == NEVER || a - b <= 0 ? a : b;
    }
}

package io.gyrfalcon.eventloop;

/**
 * How loops carry runners. Immutable.
 *
 * @param holdNanos how long user code may hold a loop before another thread takes it, at least
 *     100,000
 * @param sparesMax threads of a group beside those that drive its loops: each is held by user code
 *     that lost its loop, or stands ready for a loop that mounts user code; at least 1
 */
public record CarrySettings(long holdNanos, int sparesMax) {
    private static final long HOLD_NANOS_MIN = 100_000;

    /** Checks ranges. */
    public CarrySettings {
        if (holdNanos < HOLD_NANOS_MIN) {
            throw new IllegalArgumentException(
                    "holdNanos: " + holdNanos + " (expected: >= " + HOLD_NANOS_MIN + ")");
        }
        if (sparesMax < 1) {
            throw new IllegalArgumentException("sparesMax: " + sparesMax + " (expected: >= 1)");
        }
    }

    /** 2 ms; 32 threads, or four for each loop where that is more. */
    public static CarrySettings defaults(int loops) {
        return new CarrySettings(2_000_000, Math.max(32, 4 * loops));
    }

    /** These settings with another limit for user code. */
    public CarrySettings withHoldNanos(long nanos) {
        return new CarrySettings(nanos, sparesMax);
    }

    /** These settings with another number of spare threads. */
    public CarrySettings withSparesMax(int count) {
        return new CarrySettings(holdNanos, count);
    }
}

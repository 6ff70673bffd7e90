package io.gyrfalcon.transport.wire;

/** The value of {@code grpc-timeout}: 1 to 8 digits and a unit. Any thread. */
public final class TimeoutText {
    /** What {@link #parseNanos} answers to a value that is none. */
    public static final long BAD = -1;

    private static final int DIGITS_MAX = 8;

    private TimeoutText() {}

    /**
     * The time in nanoseconds, {@code Long.MAX_VALUE} where it does not fit, or {@link #BAD};
     * {@link FaultText#badTimeout} says what is bad.
     */
    public static long parseNanos(byte[] value, int offset, int length) {
        if (length < 2 || length > DIGITS_MAX + 1) return BAD;
        final int unitOffset = offset + length - 1;
        long count = 0;
        for (int i = offset; i < unitOffset; i++) {
            int digit = value[i] - '0';
            if (digit < 0 || digit > 9) return BAD;
            count = 10 * count + digit;
        }
        long unitNanos = unitNanos(value[unitOffset]);
        if (unitNanos < 0) return BAD;
        return count > Long.MAX_VALUE / unitNanos ? Long.MAX_VALUE : count * unitNanos;
    }

    /** Nanoseconds of one unit, or {@link #BAD}. */
    static long unitNanos(byte unit) {
        return switch (unit) {
            case 'n' -> 1L;
            case 'u' -> 1_000L;
            case 'm' -> 1_000_000L;
            case 'S' -> 1_000_000_000L;
            case 'M' -> 60_000_000_000L;
            case 'H' -> 3_600_000_000_000L;
            default -> BAD;
        };
    }
}

package io.gyrfalcon.transport.wire;

/** The value of {@code grpc-timeout}: 1 to 8 digits and a unit. Any thread. */
public final class TimeoutText {
    /** What {@link #parseNanos} answers to a value that is none. */
    public static final long BAD = -1;

    private static final int DIGITS_MAX = 8;
    private static final long COUNT_MAX = 100_000_000L;
    private static final String UNITS = "numSMH";

    /** How many of a unit make one of the next. */
    private static final int[] RATIOS = {1_000, 1_000, 1_000, 60, 60};

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

    /**
     * A value for a time that is left: in the finest unit that it fits, cut off.
     *
     * @param nanos 0 or more
     */
    public static byte[] encode(long nanos) {
        long count = Math.max(0, nanos);
        int unit = 0;
        while (count >= COUNT_MAX) {
            count /= RATIOS[unit++];
        }
        byte[] text = new byte[digits(count) + 1];
        int at = text.length - 1;
        text[at] = (byte) UNITS.charAt(unit);
        do {
            text[--at] = (byte) ('0' + count % 10);
            count /= 10;
        } while (at > 0);
        return text;
    }

    private static int digits(long count) {
        int digits = 1;
        for (long rest = count; rest >= 10; rest /= 10) digits++;
        return digits;
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

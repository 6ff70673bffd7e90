package io.gyrfalcon.traffic.balance;

import io.gyrfalcon.traffic.TrafficFlags;

/**
 * What pick_first does beyond taking the first address that answers. Immutable.
 *
 * @param isShuffled whether endpoints are put into a random order (gRFC A62)
 * @param isEager whether the next address is tried while one still connects (RFC 8305)
 * @param attemptDelayNanos how long one address has a head start on the next
 * @param isHealthObserved whether a connection counts only once it is reported healthy
 */
public record PickFirstSettings(
        boolean isShuffled, boolean isEager, long attemptDelayNanos, boolean isHealthObserved) {
    /** RFC 8305 §5: the recommended delay, and what it may lie between (gRFC A61). */
    private static final long DELAY_NANOS = 250_000_000L;

    private static final long DELAY_NANOS_MIN = 100_000_000L;
    private static final long DELAY_NANOS_MAX = 2_000_000_000L;

    /** A delay out of its range counts as the nearest end of it. */
    public PickFirstSettings {
        attemptDelayNanos = Math.max(DELAY_NANOS_MIN, Math.min(attemptDelayNanos, DELAY_NANOS_MAX));
    }

    /** No shuffling, no health; {@code happy-eyeballs} as the flag says. */
    public static PickFirstSettings standard() {
        return new PickFirstSettings(false, TrafficFlags.HAPPY_EYEBALLS.isOn(), DELAY_NANOS, false);
    }

    /** The same with another order of endpoints. */
    public PickFirstSettings shuffled(boolean value) {
        return new PickFirstSettings(value, isEager, attemptDelayNanos, isHealthObserved);
    }

    /** The same with or without {@link #isEager}. */
    public PickFirstSettings eager(boolean value) {
        return new PickFirstSettings(isShuffled, value, attemptDelayNanos, isHealthObserved);
    }

    /** The same with or without {@link #isHealthObserved}. */
    public PickFirstSettings healthObserved(boolean value) {
        return new PickFirstSettings(isShuffled, isEager, attemptDelayNanos, value);
    }
}

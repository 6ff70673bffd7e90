package io.gyrfalcon.traffic.balance;

/**
 * How reports of load become weights: gRFC A58. Immutable.
 *
 * @param blackoutNanos how long an endpoint reports before its weight counts
 * @param expiryNanos how long a weight counts after the last report
 * @param updateNanos how often weights are looked at
 * @param errorPenalty how much utilization a rate of errors of 1 is worth
 */
public record WeightSettings(
        long blackoutNanos, long expiryNanos, long updateNanos, double errorPenalty) {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long UPDATE_NANOS_MIN = SECOND_NANOS / 10;

    /** Looking more often than ten times a second counts as that. */
    public WeightSettings {
        if (blackoutNanos < 0 || expiryNanos < 0) {
            throw new IllegalArgumentException(
                    "blackoutNanos, expiryNanos: "
                            + blackoutNanos
                            + ", "
                            + expiryNanos
                            + " (expected: >= 0)");
        }
        if (!(errorPenalty >= 0)) {
            throw new IllegalArgumentException(
                    "errorPenalty: " + errorPenalty + " (expected: >= 0)");
        }
        updateNanos = Math.max(UPDATE_NANOS_MIN, updateNanos);
    }

    /** The defaults of gRFC A58. */
    public static WeightSettings standard() {
        return new WeightSettings(10 * SECOND_NANOS, 180 * SECOND_NANOS, SECOND_NANOS, 1);
    }
}

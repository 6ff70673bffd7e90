package io.gyrfalcon.traffic.outlier;

import org.jspecify.annotations.Nullable;

/**
 * What makes an endpoint an outlier, and for how long: gRFC A50. Immutable.
 *
 * @param intervalNanos from one sweep to the next
 * @param baseEjectionNanos how long a first ejection lasts
 * @param maxEjectionNanos how long any lasts, unless the base is longer
 * @param maxEjectionPercent the share of endpoints at which no more are ejected
 * @param successRate outliers by comparison, or null
 * @param failurePercentage outliers by an absolute measure, or null
 */
public record OutlierSettings(
        long intervalNanos,
        long baseEjectionNanos,
        long maxEjectionNanos,
        int maxEjectionPercent,
        @Nullable SuccessRate successRate,
        @Nullable FailurePercentage failurePercentage) {
    private static final long SECOND_NANOS = 1_000_000_000L;

    /** Checks each. */
    public OutlierSettings {
        requireNotNegative("intervalNanos", intervalNanos);
        requireNotNegative("baseEjectionNanos", baseEjectionNanos);
        requireNotNegative("maxEjectionNanos", maxEjectionNanos);
        requirePercent("maxEjectionPercent", maxEjectionPercent);
    }

    /**
     * Endpoints whose success rate is far below that of all.
     *
     * @param stdevFactor how many thousandths of a standard deviation are far
     * @param enforcementPercent how many of a hundred outliers are ejected
     * @param hostsMin with fewer endpoints that have enough calls, none is ejected
     * @param callsMin with fewer calls, an endpoint is not looked at
     */
    public record SuccessRate(int stdevFactor, int enforcementPercent, int hostsMin, int callsMin) {
        /** The defaults of gRFC A50. */
        public static final SuccessRate STANDARD = new SuccessRate(1_900, 100, 5, 100);

        /** Checks each. */
        public SuccessRate {
            requireNotNegative("stdevFactor", stdevFactor);
            requirePercent("enforcementPercent", enforcementPercent);
            requireNotNegative("hostsMin", hostsMin);
            requireNotNegative("callsMin", callsMin);
        }
    }

    /**
     * Endpoints that fail more than so many of a hundred calls.
     *
     * @param thresholdPercent so many
     * @param enforcementPercent how many of a hundred outliers are ejected
     * @param hostsMin with fewer endpoints that have enough calls, none is ejected
     * @param callsMin with fewer calls, an endpoint is not looked at
     */
    public record FailurePercentage(
            int thresholdPercent, int enforcementPercent, int hostsMin, int callsMin) {
        /** The defaults of gRFC A50. */
        public static final FailurePercentage STANDARD = new FailurePercentage(85, 100, 5, 50);

        /** Checks each. */
        public FailurePercentage {
            requirePercent("thresholdPercent", thresholdPercent);
            requirePercent("enforcementPercent", enforcementPercent);
            requireNotNegative("hostsMin", hostsMin);
            requireNotNegative("callsMin", callsMin);
        }
    }

    /** The defaults of gRFC A50, with which nothing is an outlier. */
    public static OutlierSettings standard() {
        return new OutlierSettings(
                10 * SECOND_NANOS, 30 * SECOND_NANOS, 300 * SECOND_NANOS, 10, null, null);
    }

    /** Whether anything can be an outlier: if not, calls need not be counted. */
    public boolean isOn() {
        return successRate != null || failurePercentage != null;
    }

    private static void requireNotNegative(String name, long value) {
        if (value >= 0) return;
        throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
    }

    private static void requirePercent(String name, int value) {
        if (value >= 0 && value <= 100) return;
        throw new IllegalArgumentException(name + ": " + value + " (expected: 0..100)");
    }
}

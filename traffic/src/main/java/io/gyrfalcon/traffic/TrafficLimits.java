package io.gyrfalcon.traffic;

/**
 * Everything of this module that has a limit. Immutable; any thread.
 *
 * @param endpointsMax endpoints of a resolver's answer that a policy uses
 * @param addressesMax addresses of a resolver's answer that a policy uses
 * @param retryAttemptsMax attempts of a call with a retry policy, the first included
 * @param hedgedAttemptsMax attempts of a call with a hedging policy, the first included
 * @param localRetriesMax transparent retries of a call that never left us
 * @param methodNamesMax names in the method configs of a service config
 * @param policiesMax entries of a list of balancing policies
 * @param choicesMax service configs to choose from in a resolver's text records
 * @param jsonCharsMax characters of a JSON text
 * @param jsonDepthMax lists and objects around a JSON value
 */
public record TrafficLimits(
        int endpointsMax,
        int addressesMax,
        int retryAttemptsMax,
        int hedgedAttemptsMax,
        int localRetriesMax,
        int methodNamesMax,
        int policiesMax,
        int choicesMax,
        int jsonCharsMax,
        int jsonDepthMax) {
    /** Hedges under way are the bits of a long. */
    public static final int HEDGES_MAX = 64;

    /** Checks each. */
    public TrafficLimits {
        requireRange("endpointsMax", endpointsMax, 1, 1 << 20);
        requireRange("addressesMax", addressesMax, 1, 1 << 20);
        requireRange("retryAttemptsMax", retryAttemptsMax, 1, Integer.MAX_VALUE);
        requireRange("hedgedAttemptsMax", hedgedAttemptsMax, 1, HEDGES_MAX);
        requireRange("localRetriesMax", localRetriesMax, 0, 1 << 20);
        requireRange("methodNamesMax", methodNamesMax, 1, 1 << 20);
        requireRange("policiesMax", policiesMax, 1, 1 << 10);
        requireRange("choicesMax", choicesMax, 1, 1 << 20);
        requireRange("jsonCharsMax", jsonCharsMax, 2, 1 << 24);
        requireRange("jsonDepthMax", jsonDepthMax, 1, 1 << 10);
    }

    /** The defaults: five attempts by gRFC A6, JSON as long as a DNS answer can be. */
    public static TrafficLimits standard() {
        return new TrafficLimits(10_000, 16_384, 5, 5, 1_000, 10_000, 32, 1_000, 65_535, 64);
    }

    /**
     * The same with other numbers of attempts; one out of its range counts as the nearest end of
     * it.
     *
     * @param retries {@link #retryAttemptsMax()}
     * @param hedges {@link #hedgedAttemptsMax()}
     */
    public TrafficLimits withAttempts(int retries, int hedges) {
        return new TrafficLimits(
                endpointsMax,
                addressesMax,
                Math.max(1, retries),
                Math.clamp(hedges, 1, HEDGES_MAX),
                localRetriesMax,
                methodNamesMax,
                policiesMax,
                choicesMax,
                jsonCharsMax,
                jsonDepthMax);
    }

    private static void requireRange(String name, int value, int min, int max) {
        if (value >= min && value <= max) return;
        throw new IllegalArgumentException(
                name + ": " + value + " (expected: " + min + ".." + max + ")");
    }
}

package io.gyrfalcon.traffic.retry;

/**
 * How many failures in a row a server may cause before nobody tries again: gRFC A6. Immutable.
 *
 * @param milliTokensMax what the bucket holds, in thousandths of a failure
 * @param milliTokensPerSuccess what a success puts back
 */
public record RetryThrottling(int milliTokensMax, int milliTokensPerSuccess) {
    /** More than any service sets: gRFC A6 allows a thousand tokens. */
    public static final int MILLI_TOKENS_MAX = 1_000_000_000;

    /** Checks each. */
    public RetryThrottling {
        requireRange("milliTokensMax", milliTokensMax);
        requireRange("milliTokensPerSuccess", milliTokensPerSuccess);
    }

    private static void requireRange(String name, int value) {
        if (value >= 1 && value <= MILLI_TOKENS_MAX) return;
        throw new IllegalArgumentException(
                name + ": " + value + " (expected: 1.." + MILLI_TOKENS_MAX + ")");
    }
}

package io.gyrfalcon.traffic.retry;

/**
 * Try again after a failure, one attempt at a time: gRFC A6. Immutable.
 *
 * @param attemptsMax attempts of a call, the first included
 * @param initialBackoffNanos the wait before the second attempt, before jitter
 * @param maxBackoffNanos the longest wait, before jitter
 * @param multiplier by what each wait exceeds the one before
 * @param retryable the codes after which it is tried again
 */
public record RetryPolicy(
        int attemptsMax,
        long initialBackoffNanos,
        long maxBackoffNanos,
        double multiplier,
        StatusCodes retryable)
        implements AttemptPolicy {
    /** Checks each. */
    public RetryPolicy {
        AttemptPolicy.requireAttempts(attemptsMax, Integer.MAX_VALUE);
        requirePositive("initialBackoffNanos", initialBackoffNanos);
        requirePositive("maxBackoffNanos", maxBackoffNanos);
        if (!(multiplier > 0)) {
            throw new IllegalArgumentException("multiplier: " + multiplier + " (expected: > 0)");
        }
        if (retryable.contains(StatusCodes.OK)) {
            throw new IllegalArgumentException("retryable: " + retryable + " (expected: no OK)");
        }
    }

    private static void requirePositive(String name, long value) {
        if (value > 0) return;
        throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
}

package io.gyrfalcon.traffic.retry;

/** What a service wants done about calls that fail or take long. Immutable. */
public sealed interface AttemptPolicy permits RetryPolicy, HedgingPolicy {
    /** Attempts of a call, the first included, those that no application saw not counted. */
    int attemptsMax();

    /** With one attempt nothing is tried again, but failures count all the same. */
    static void requireAttempts(int attemptsMax, int max) {
        if (attemptsMax >= 1 && attemptsMax <= max) return;
        throw new IllegalArgumentException(
                "attemptsMax: " + attemptsMax + " (expected: 1.." + max + ")");
    }
}

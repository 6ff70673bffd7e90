package io.gyrfalcon.traffic.retry;

import io.gyrfalcon.traffic.TrafficLimits;

/**
 * Try again while an attempt takes long, several at a time: gRFC A6. Immutable.
 *
 * @param attemptsMax attempts of a call, the first included
 * @param delayNanos from one attempt to the next while none has answered
 * @param nonFatal the codes after which others go on
 */
public record HedgingPolicy(int attemptsMax, long delayNanos, StatusCodes nonFatal)
        implements AttemptPolicy {
    /** Checks each. */
    public HedgingPolicy {
        AttemptPolicy.requireAttempts(attemptsMax, TrafficLimits.HEDGES_MAX);
        if (delayNanos < 0) {
            throw new IllegalArgumentException("delayNanos: " + delayNanos + " (expected: >= 0)");
        }
        if (nonFatal.contains(StatusCodes.OK)) {
            throw new IllegalArgumentException("nonFatal: " + nonFatal + " (expected: no OK)");
        }
    }
}

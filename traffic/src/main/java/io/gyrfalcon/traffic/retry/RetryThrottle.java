package io.gyrfalcon.traffic.retry;

import io.gyrfalcon.primitives.HotPath;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much trust is left in one server name: a bucket that failures empty and successes fill. Any
 * thread.
 */
@HotPath
public final class RetryThrottle {
    private static final int FAILURE_MILLI_TOKENS = 1_000;

    private final int max;
    private final int perSuccess;
    private final int threshold;
    private final AtomicInteger milliTokens;

    /** A full bucket. */
    public RetryThrottle(RetryThrottling settings) {
        max = settings.milliTokensMax();
        perSuccess = settings.milliTokensPerSuccess();
        threshold = max / 2;
        milliTokens = new AtomicInteger(max);
    }

    /** Whether calls may be tried again. */
    public boolean isOpen() {
        return milliTokens.get() > threshold;
    }

    /** The server answered; a full bucket is only looked at. */
    public void onSuccess() {
        while (true) {
            int before = milliTokens.get();
            if (before == max) return;
            int after = max - before <= perSuccess ? max : before + perSuccess;
            if (milliTokens.compareAndSet(before, after)) return;
        }
    }

    /** The server failed in a way that policies speak of; true if calls may be tried again. */
    public boolean onFailure() {
        while (true) {
            int before = milliTokens.get();
            if (before == 0) return false;
            int after = Math.max(0, before - FAILURE_MILLI_TOKENS);
            if (milliTokens.compareAndSet(before, after)) return after > threshold;
        }
    }
}

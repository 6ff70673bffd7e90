package io.gyrfalcon.http2.guard;

import io.gyrfalcon.primitives.LoopOwned;

/**
 * How many resets a connection may still cost us: a bucket that time and whole calls refill.
 * Loop-owned.
 */
@LoopOwned
public final class ResetBudget {
    private final int size;
    private final long refillNanos;
    private final int perCall;

    /** In so much time an empty bucket is full again. */
    private final long wholeNanos;

    private int left;

    /** Up to when time has been credited. */
    private long refilledNanos;

    /**
     * @param size what the bucket holds, and holds at first
     * @param refillNanos in so much time it earns one; 0 = never
     * @param perCall refill by a call that ended whole
     */
    public ResetBudget(int size, long refillNanos, int perCall, long nowNanos) {
        this.size = size;
        this.refillNanos = refillNanos;
        this.perCall = perCall;
        boolean isEndless = refillNanos > Long.MAX_VALUE / size;
        wholeNanos = isEndless ? Long.MAX_VALUE : refillNanos * size;
        left = size;
        refilledNanos = nowNanos;
    }

    /** Takes one; false when there is none. */
    public boolean take(long nowNanos) {
        if (refillNanos != 0) refill(nowNanos);
        if (left == 0) return false;
        left--;
        return true;
    }

    /** A call ended with END_STREAM on both sides. */
    public void onCallEnded() {
        if (left < size) left = Math.min(size, left + perCall);
    }

    /** What a full bucket earns is lost; what is less than one stays to be earned. */
    private void refill(long nowNanos) {
        long passed = nowNanos - refilledNanos;
        if (passed <= 0) return;
        if (left == size || passed >= wholeNanos) {
            fill(nowNanos);
            return;
        }
        long earned = passed / refillNanos;
        if (earned >= size - left) {
            fill(nowNanos);
            return;
        }
        left += (int) earned;
        refilledNanos += earned * refillNanos;
    }

    private void fill(long nowNanos) {
        left = size;
        refilledNanos = nowNanos;
    }
}

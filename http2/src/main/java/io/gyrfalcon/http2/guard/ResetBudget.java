package io.gyrfalcon.http2.guard;

import io.gyrfalcon.primitives.LoopOwned;

/**
 * How many resets a connection may still cost us: a bucket that time and whole calls refill.
 * Loop-owned.
 */
@LoopOwned
public final class ResetBudget {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final int size;
    private final int perSecond;
    private final int perCall;

    /** In so much time an empty bucket is full again. */
    private final long wholeNanos;

    private int left;

    /** Up to when time has been credited. */
    private long refilledNanos;

    /**
     * @param size what the bucket holds, and holds at first
     * @param perSecond refill by time
     * @param perCall refill by a call that ended whole
     */
    public ResetBudget(int size, int perSecond, int perCall, long nowNanos) {
        this.size = size;
        this.perSecond = perSecond;
        this.perCall = perCall;
        wholeNanos = perSecond == 0 ? Long.MAX_VALUE : SECOND_NANOS * size / perSecond + 1;
        left = size;
        refilledNanos = nowNanos;
    }

    /** Takes one; false when there is none. */
    public boolean take(long nowNanos) {
        if (perSecond != 0) refill(nowNanos);
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
        long earned = passed * perSecond / SECOND_NANOS;
        if (earned >= size - left) {
            fill(nowNanos);
            return;
        }
        left += (int) earned;
        refilledNanos += earned * SECOND_NANOS / perSecond;
    }

    private void fill(long nowNanos) {
        left = size;
        refilledNanos = nowNanos;
    }
}

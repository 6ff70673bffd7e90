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
    private int left;
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
        left = size;
        refilledNanos = nowNanos;
    }

    /** Takes one; false when there is none. */
    public boolean take(long nowNanos) {
        if (left == 0) refill(nowNanos);
        if (left == 0) return false;
        left--;
        return true;
    }

    /** A call ended with END_STREAM on both sides. */
    public void onCallEnded() {
        if (left < size) left = Math.min(size, left + perCall);
    }

    private void refill(long nowNanos) {
        if (perSecond == 0) return;
        long passed = Math.min(nowNanos - refilledNanos, SECOND_NANOS * size);
        long earned = (long) ((double) passed * perSecond / SECOND_NANOS);
        if (earned <= 0) return;
        refilledNanos = nowNanos;
        left = (int) Math.min(size, left + earned);
    }
}

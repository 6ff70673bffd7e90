package io.gyrfalcon.http2.guard;

import io.gyrfalcon.primitives.LoopOwned;

/** Whether the peer pings more often than it may: the server's half of gRFC A8. Loop-owned. */
@LoopOwned
public final class PingBudget {
    private static final int STRIKES_MAX = 2;
    private static final long WITHOUT_CALLS_NANOS = 7_200_000_000_000L;

    private final long intervalNanos;
    private final boolean withoutCalls;
    private boolean isFree = true;
    private long acceptedNanos;
    private int strikes;

    /**
     * @param intervalNanos the shortest permitted interval
     * @param withoutCalls whether it also holds without streams; else two hours do
     */
    public PingBudget(long intervalNanos, boolean withoutCalls) {
        this.intervalNanos = intervalNanos;
        this.withoutCalls = withoutCalls;
    }

    /** A ping arrived; false at the third that came too early. */
    public boolean accept(long nowNanos, boolean hasCalls) {
        long interval =
                hasCalls || withoutCalls
                        ? intervalNanos
                        : Math.max(WITHOUT_CALLS_NANOS, intervalNanos);
        if (isFree || nowNanos - acceptedNanos >= interval) {
            isFree = false;
            acceptedNanos = nowNanos;
            return true;
        }
        return ++strikes <= STRIKES_MAX;
    }

    /** We sent HEADERS or DATA: strikes are forgiven and the next ping is free. */
    public void onSent() {
        isFree = true;
        strikes = 0;
    }
}

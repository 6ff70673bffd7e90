package io.gyrfalcon.http2;

import io.gyrfalcon.primitives.LoopOwned;

/**
 * Resets streams whose peer takes too little of what waits for it. Loop-owned. Off where the limit
 * is {@link Http2Settings#NEVER}.
 */
@LoopOwned
final class Stalls {
    private final Streams streams;
    private final long periodNanos;
    private final int bytesMin;
    private long nowNanos;
    private long dueNanos = Deadline.NONE;

    Stalls(Streams streams, Http2Limits limits, long nowNanos) {
        this.streams = streams;
        this.nowNanos = nowNanos;
        periodNanos = limits.stalledNanos();
        bytesMin = limits.stalledBytesMin();
    }

    /** Time passes. */
    void at(long newNowNanos) {
        nowNanos = newNowNanos;
    }

    /** The stream's queue is no longer empty: its period starts. */
    void onQueued(Stream s) {
        if (periodNanos == Http2Settings.NEVER) return;
        s.periodBytes = 0;
        s.stalledNanos = Deadline.after(nowNanos, periodNanos);
        dueNanos = Math.min(dueNanos, s.stalledNanos);
    }

    /** The stream's queue is empty. */
    void onEmpty(Stream s) {
        s.stalledNanos = Deadline.NONE;
    }

    long dueNanos() {
        return dueNanos;
    }

    /** Ends the streams whose period is over and was not used. */
    void onTime(long now) {
        nowNanos = now;
        if (now < dueNanos) return;
        dueNanos = Deadline.NONE;
        for (Stream s : streams.snapshot()) {
            if (s.stalledNanos <= now) endPeriod(s, now);
            dueNanos = Math.min(dueNanos, s.stalledNanos);
        }
    }

    private void endPeriod(Stream s, long now) {
        if (s.periodBytes < bytesMin) {
            s.stalledNanos = Deadline.NONE;
            streams.fail(s, ErrorCode.CANCEL, now);
            return;
        }
        s.periodBytes = 0;
        s.stalledNanos = Deadline.after(now, periodNanos);
    }
}

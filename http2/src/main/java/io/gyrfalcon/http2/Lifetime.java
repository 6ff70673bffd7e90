package io.gyrfalcon.http2;

import io.gyrfalcon.primitives.LoopOwned;

/** How long a connection may be idle and how old it may become: gRFC A9. Loop-owned. */
@LoopOwned
final class Lifetime {
    private final Shutdown shutdown;
    private final Fault fault;
    private final long idleNanos;
    private final long graceNanos;
    private boolean isIdle;
    private long idleDueNanos = Deadline.NONE;
    private long ageDueNanos;
    private boolean isAged;

    Lifetime(
            Http2Settings settings,
            Shutdown shutdown,
            Fault fault,
            Http2Scratch scratch,
            long nowNanos) {
        this.shutdown = shutdown;
        this.fault = fault;
        idleNanos = settings.connectionIdleNanos();
        graceNanos = settings.connectionAgeGraceNanos();
        ageDueNanos = Deadline.after(nowNanos, jittered(settings.connectionAgeNanos(), scratch));
        onStreams(0, nowNanos);
    }

    /** A tenth less to a tenth more, so that connections made together do not end together. */
    private static long jittered(long nanos, Http2Scratch scratch) {
        if (nanos == Http2Settings.NEVER) return nanos;
        long tenth = nanos / 10;
        return Math.max(1, nanos - tenth + scratch.nextLong(2 * tenth + 1));
    }

    /** How many streams are open now. */
    void onStreams(int count, long nowNanos) {
        boolean isNowIdle = count == 0;
        if (isNowIdle == isIdle) return;
        isIdle = isNowIdle;
        idleDueNanos = isNowIdle ? Deadline.after(nowNanos, idleNanos) : Deadline.NONE;
    }

    long dueNanos() {
        return Math.min(idleDueNanos, ageDueNanos);
    }

    void onTime(long nowNanos) {
        if (nowNanos >= idleDueNanos) {
            idleDueNanos = Deadline.NONE;
            shutdown.start(nowNanos, "max_idle");
        }
        if (nowNanos < ageDueNanos) return;
        if (isAged) {
            ageDueNanos = Deadline.NONE;
            fault.set(ErrorCode.NO_ERROR, "max_age");
            return;
        }
        isAged = true;
        ageDueNanos = Deadline.after(nowNanos, graceNanos);
        shutdown.start(nowNanos, "max_age");
    }
}

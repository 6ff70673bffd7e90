package io.gyrfalcon.http2;

import io.gyrfalcon.primitives.LoopOwned;

/** How the connection comes to its end: GOAWAY in two steps, RFC 9113 §6.8, or one. Loop-owned. */
@LoopOwned
final class Shutdown {
    /** The payload of the ping between the two steps. */
    static final long OPAQUE = 0x6779_7266_2d65_6e64L;

    /** A peer that has not sent its SETTINGS has no calls: so long they may be on their way. */
    private static final long SILENT_NANOS = 1_000_000_000L;

    /*
     * At a server. RUNNING -> ANNOUNCED: GOAWAY with the highest identifier, and a ping; streams
     * that the peer opens until it has read that are served. ANNOUNCED -> LAST: the ping was
     * answered, or time is up; GOAWAY with the last identifier that was served. FINISHED: nothing
     * more is read. A client serves no streams: RUNNING -> LAST.
     */
    private enum Phase {
        RUNNING,
        ANNOUNCED,
        LAST,
        FINISHED
    }

    private final Role role;
    private final Control control;
    private final Streams streams;
    private final long pingNanos;
    private Phase phase = Phase.RUNNING;
    private String debug = "";
    private int lastId = Integer.MAX_VALUE;
    private long dueNanos = Deadline.NONE;

    Shutdown(Role role, Control control, Streams streams, Http2Settings settings) {
        this.role = role;
        this.control = control;
        this.streams = streams;
        pingNanos = settings.shutdownPingNanos();
    }

    /** The first step, where the peer has sent nothing yet. */
    void startSilent(long nowNanos) {
        start(nowNanos, "", Math.min(pingNanos, SILENT_NANOS));
    }

    /** The first step; nothing if it was taken before. */
    void start(long nowNanos, String newDebug) {
        start(nowNanos, newDebug, pingNanos);
    }

    private void start(long nowNanos, String newDebug, long waitNanos) {
        if (phase != Phase.RUNNING) return;
        debug = newDebug;
        if (role == Role.CLIENT) {
            last();
            return;
        }
        phase = Phase.ANNOUNCED;
        dueNanos = Deadline.after(nowNanos, waitNanos);
        control.goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR, newDebug);
        control.ping(OPAQUE);
    }

    /** The peer has read the first GOAWAY. */
    void onPingAck() {
        if (phase == Phase.ANNOUNCED) last();
    }

    void onTime(long nowNanos) {
        if (nowNanos >= dueNanos && phase == Phase.ANNOUNCED) last();
    }

    long dueNanos() {
        return dueNanos;
    }

    private void last() {
        phase = Phase.LAST;
        dueNanos = Deadline.NONE;
        lastId = streams.lastPeerId();
        control.goAway(lastId, ErrorCode.NO_ERROR, debug);
    }

    /** Ends at once. */
    void now(ErrorCode code, String text) {
        if (phase == Phase.FINISHED) return;
        phase = Phase.FINISHED;
        dueNanos = Deadline.NONE;
        control.goAway(Math.min(lastId, streams.lastPeerId()), code, text);
    }

    /** Ends at once without a word: there is nobody to read it. */
    void silently() {
        phase = Phase.FINISHED;
        dueNanos = Deadline.NONE;
    }

    /** Whether a new stream is served. */
    boolean admits(int id) {
        return id <= lastId;
    }

    boolean isStarted() {
        return phase != Phase.RUNNING;
    }

    /** Whether nothing more is read. */
    boolean isOver() {
        return phase == Phase.FINISHED;
    }

    /** Whether the output may be flushed and the socket closed. */
    boolean isFinished() {
        return phase == Phase.FINISHED || (phase == Phase.LAST && streams.size() == 0);
    }
}

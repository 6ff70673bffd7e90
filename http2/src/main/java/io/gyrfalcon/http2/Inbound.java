package io.gyrfalcon.http2;

import io.gyrfalcon.http2.frame.FrameHeader;
import io.gyrfalcon.http2.guard.ProgressBudget;
import io.gyrfalcon.http2.stream.CreditWindow;
import io.gyrfalcon.http2.stream.FlowWindow;
import io.gyrfalcon.http2.stream.StreamState.Input;
import io.gyrfalcon.http2.stream.StreamState.Outcome;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.Budget;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * DATA from the peer, piece by piece, and the credit for it: RFC 9113 §6.1, RFC 9113 §6.9.
 * Loop-owned.
 */
@LoopOwned
@HotPath
final class Inbound {
    private static final long RETRY_NANOS = 100_000_000L;

    private final StreamEvents events;
    private final Streams streams;
    private final Control control;
    private final Fault fault;
    private final ProgressBudget progress;
    private final BandwidthProbe probe;
    private final Outbound outbound;
    private final Budget budget;
    private final int configuredBytes;
    private final CreditWindow connection;
    private int streamBytes;
    private long retryNanos = Deadline.NONE;

    // The frame at hand.
    private int id;
    private int dataLeft;
    private int padLeft;
    private boolean isPadDue;
    private boolean isEnd;
    private boolean isMid;
    private boolean hasBytes;

    Inbound(
            Http2Settings settings,
            StreamEvents events,
            Streams streams,
            Control control,
            Fault fault,
            ProgressBudget progress,
            BandwidthProbe probe,
            Outbound outbound,
            Budget budget) {
        this.events = events;
        this.streams = streams;
        this.control = control;
        this.fault = fault;
        this.progress = progress;
        this.probe = probe;
        this.outbound = outbound;
        this.budget = budget;
        configuredBytes = settings.streamWindowBytes();
        connection = new CreditWindow(settings.connectionWindowBytes());
        streamBytes = Math.max(configuredBytes, FlowWindow.BYTES_INITIAL);
    }

    /** Tells the peer of the connection's window, where it is not the initial one. */
    void start() {
        int more = connection.size() - FlowWindow.BYTES_INITIAL;
        if (more > 0) control.windowUpdate(0, more);
    }

    /** What the peer may still send on the connection. */
    int windowBytes() {
        return connection.bytes();
    }

    /** The window a new stream gets. */
    int streamBytes() {
        return streamBytes;
    }

    /** The peer knows our first SETTINGS: a window below the initial one holds from now on. */
    void onFirstAck() {
        int delta = configuredBytes - streamBytes;
        if (delta >= 0) return;
        streamBytes = configuredBytes;
        streams.forEach((streamId, s) -> shrink(s, delta));
    }

    /** What was too little to be given of a large window may be much of a small one. */
    private void shrink(Stream s, int delta) {
        s.credit.grow(delta);
        if (s.credit.isDue()) control.windowUpdate(s.id, s.credit.give());
    }

    /** Whether a frame has begun and its payload is not complete. */
    boolean isMid() {
        return isMid;
    }

    /** A frame that has arrived whole. */
    void onFrame(int flags, int streamId, MemorySegment bytes, long at, int n, long nowNanos) {
        if ((flags & FrameHeader.PADDED) != 0 || n == 0) {
            begin(flags, streamId, n, nowNanos);
            if (!fault.isSet()) onPiece(bytes, at, at + n, nowNanos);
            return;
        }
        admit(streamId, n, nowNanos);
        final Stream s = streams.find(streamId);
        if (s == null || fault.isSet()) return;
        deliver(s, bytes, at, n, (flags & FrameHeader.END_STREAM) != 0, nowNanos);
    }

    /** The header of a DATA frame. */
    void begin(int flags, int streamId, int length, long nowNanos) {
        id = streamId;
        dataLeft = length;
        padLeft = 0;
        isPadDue = (flags & FrameHeader.PADDED) != 0;
        isEnd = (flags & FrameHeader.END_STREAM) != 0;
        isMid = true;
        hasBytes = false;
        if (isPadDue && length == 0) {
            fault.set(ErrorCode.FRAME_SIZE_ERROR, "DATA without room for its pad length");
            return;
        }
        admit(streamId, length, nowNanos);
    }

    /** Takes a frame's length from both windows; ends what may not have it. */
    private void admit(int streamId, int length, long nowNanos) {
        if (!connection.take(length)) {
            fault.set(ErrorCode.FLOW_CONTROL_ERROR, "DATA beyond the connection's window");
            return;
        }
        connection.owe(length);
        if (connection.isDue()) giveCredit(nowNanos);
        probe.onData(length);
        Stream s = streams.find(streamId);
        if (s == null) {
            streams.onLate(streamId, Input.RECV_DATA, "DATA", nowNanos);
            return;
        }
        if (s.state.on(Input.RECV_DATA) != Outcome.OK) {
            streams.fail(s, ErrorCode.STREAM_CLOSED, nowNanos);
        } else if (!s.hasHead) {
            streams.fail(s, ErrorCode.PROTOCOL_ERROR, nowNanos);
        } else if (!s.credit.take(length)) {
            streams.fail(s, ErrorCode.FLOW_CONTROL_ERROR, nowNanos);
        }
    }

    /**
     * What has arrived of the payload.
     *
     * @return where the frame ends, or {@code end}
     */
    long onPiece(MemorySegment bytes, long offset, long end, long nowNanos) {
        long at = offset;
        if (isPadDue) {
            if (at == end) return at;
            if (!onPadLength(bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff)) return end;
            at++;
        }
        int n = (int) Math.min(dataLeft, end - at);
        boolean isDue = n > 0 || (dataLeft == 0 && isEnd);
        dataLeft -= n;
        if (n > 0) hasBytes = true;
        if (isDue) deliverPiece(bytes, at, n, dataLeft == 0 && isEnd, nowNanos);
        at += n;
        if (dataLeft > 0) return at;
        int pad = (int) Math.min(padLeft, end - at);
        padLeft -= pad;
        if (padLeft == 0) onFrameEnd();
        return at + pad;
    }

    private boolean onPadLength(int pad) {
        isPadDue = false;
        if (pad >= dataLeft) {
            fault.set(ErrorCode.PROTOCOL_ERROR, "padding as long as its frame");
            return false;
        }
        padLeft = pad;
        dataLeft -= pad + 1;
        Stream s = streams.find(id);
        if (s != null) consumed(s, pad + 1);
        return true;
    }

    private void onFrameEnd() {
        isMid = false;
        if (hasBytes || progress.onEmpty()) return;
        fault.set(ErrorCode.ENHANCE_YOUR_CALM, GoAwayReason.TOO_MANY_EMPTY_FRAMES);
    }

    private void deliverPiece(MemorySegment bytes, long at, int n, boolean isLast, long nowNanos) {
        Stream s = streams.find(id);
        if (isLast) isEnd = false;
        if (s != null) deliver(s, bytes, at, n, isLast, nowNanos);
    }

    private void deliver(
            Stream s, MemorySegment bytes, long at, int n, boolean isLast, long nowNanos) {
        if (n > 0) progress.onProgress();
        s.receivedBytes += n;
        if (s.contentLength >= 0 && isLengthWrong(s, isLast)) {
            streams.fail(s, ErrorCode.PROTOCOL_ERROR, nowNanos);
            return;
        }
        if (isLast) {
            s.state.on(Input.RECV_END);
            streams.onEnd(s);
        }
        events.onData(s, bytes, at, n, isLast);
    }

    private static boolean isLengthWrong(Stream s, boolean isLast) {
        return isLast ? s.receivedBytes != s.contentLength : s.receivedBytes > s.contentLength;
    }

    /** The owner has dealt with {@code n} bytes of the stream. */
    void consumed(Stream s, int n) {
        if (!s.state.isRemoteOpen()) return;
        CreditWindow credit = s.credit;
        credit.owe(n);
        if (credit.isDue()) control.windowUpdate(s.id, credit.give());
    }

    /**
     * Gives what the connection is owed, if that is worth a frame, and neither do we hold more for
     * the peer than we should nor is memory short.
     */
    void giveCredit(long nowNanos) {
        if (!connection.isDue() || outbound.isOverfull()) return;
        if (budget.isTight()) {
            retryNanos = Deadline.after(nowNanos, RETRY_NANOS);
            return;
        }
        retryNanos = Deadline.NONE;
        control.windowUpdate(0, connection.give());
    }

    /** When to look again whether memory is short: nothing else may happen until then. */
    long dueNanos() {
        return retryNanos;
    }

    void onTime(long nowNanos) {
        if (nowNanos >= retryNanos) giveCredit(nowNanos);
    }

    /** Enlarges the windows of the connection and of every stream to {@code bytes}. */
    void grow(int bytes) {
        int more = bytes - connection.size();
        if (more > 0) {
            connection.grow(more);
            control.windowUpdate(0, more);
        }
        int delta = bytes - streamBytes;
        if (delta <= 0) return;
        streamBytes = bytes;
        streams.forEach((streamId, s) -> s.credit.grow(delta));
    }
}

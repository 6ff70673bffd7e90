package io.gyrfalcon.http2;

import io.gyrfalcon.http2.frame.FrameHeader;
import io.gyrfalcon.http2.frame.FrameType;
import io.gyrfalcon.http2.guard.ProgressBudget;
import io.gyrfalcon.http2.stream.StreamState.Input;
import io.gyrfalcon.http2.stream.StreamState.Outcome;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabPool;

import java.lang.foreign.MemorySegment;

/** Takes bytes apart into frames and hands each to its room. Loop-owned. */
@LoopOwned
@HotPath
final class FrameRouter {
    private final StreamEvents events;
    private final Streams streams;
    private final Handshake handshake;
    private final HeaderAssembly assembly;
    private final Inbound inbound;
    private final Outbound outbound;
    private final Liveness liveness;
    private final Fault fault;
    private final ProgressBudget progress;
    private final GoAwaySink goAways;
    private final PartialFrame partial;
    private final int frameBytesMax;

    FrameRouter(Rooms rooms, HeaderAssembly assembly, GoAwaySink goAways) {
        this.assembly = assembly;
        this.goAways = goAways;
        events = rooms.events;
        streams = rooms.streams;
        handshake = rooms.handshake;
        inbound = rooms.inbound;
        outbound = rooms.outbound;
        liveness = rooms.liveness;
        fault = rooms.fault;
        progress = rooms.progress;
        partial = new PartialFrame(rooms.slabs);
        frameBytesMax = rooms.settings.frameBytesMax();
    }

    /** Walks the frames in {@code [offset, offset + length)}; stops at a fault. */
    void receive(MemorySegment bytes, long offset, int length, long nowNanos) {
        final long end = offset + length;
        long at = offset;
        if (isMidway()) at = resume(bytes, at, end, nowNanos);
        while (end - at >= FrameHeader.BYTES && !fault.isSet()) {
            final long head = FrameHeader.head(bytes, at);
            final int n = FrameHeader.payloadBytes(head);
            final int id = FrameHeader.streamId(bytes, at);
            at += FrameHeader.BYTES;
            if (end - at < n) {
                begin(head, id, nowNanos);
                break;
            }
            route(head, id, bytes, at, n, nowNanos);
            at += n;
            if (streams.hasDue()) streams.settle(events);
        }
        if (at < end && !fault.isSet()) keep(bytes, at, end, nowNanos);
    }

    private boolean isMidway() {
        return partial.isStarted() || inbound.isMid() || handshake.isPrefaceDue();
    }

    /** Whether no frame, block or preface has begun and not ended. */
    boolean isQuiet() {
        return !isMidway() && handshake.hasSettings() && !assembly.isOpen();
    }

    /** Goes over to another loop's memory, while quiet. */
    void moveTo(SlabPool slabs, Http2Scratch other) {
        partial.takeFrom(slabs);
        assembly.moveTo(slabs, other);
        handshake.use(other);
    }

    /** Goes on with what was cut off by the end of the bytes before; where that ends. */
    private long resume(MemorySegment bytes, long offset, long end, long nowNanos) {
        long at = offset;
        if (handshake.isPrefaceDue()) return handshake.onPreface(bytes, at, end);
        if (partial.isInHeader()) {
            at = partial.takeHeader(bytes, at, end);
            if (partial.isInHeader()) return at;
            begin(partial.head(), partial.streamId(), nowNanos);
            if (fault.isSet()) return end;
        }
        return keep(bytes, at, end, nowNanos);
    }

    /** A header is complete and its payload is not. */
    private void begin(long head, int id, long nowNanos) {
        if (!isAllowed(head, id)) return;
        if (FrameHeader.type(head) != FrameType.DATA.ordinal()) {
            partial.start(head, id);
            return;
        }
        partial.clear();
        inbound.begin(FrameHeader.flags(head), id, FrameHeader.payloadBytes(head), nowNanos);
    }

    /** Takes what there is of a frame whose header is known, or of a header; where it ends. */
    private long keep(MemorySegment bytes, long offset, long end, long nowNanos) {
        long at = offset;
        if (inbound.isMid()) {
            at = inbound.onPiece(bytes, at, end, nowNanos);
        } else if (partial.isInPayload()) {
            final int missing = partial.missingBytes();
            if (partial.isEmpty() && end - at >= missing) {
                final long head = partial.head();
                final int id = partial.streamId();
                partial.clear();
                route(head, id, bytes, at, missing, nowNanos);
                at += missing;
            } else {
                at = partial.takePayload(bytes, at, end);
                if (partial.missingBytes() == 0) routePartial(nowNanos);
            }
        } else {
            at = partial.takeHeader(bytes, at, end);
        }
        if (streams.hasDue()) streams.settle(events);
        return at;
    }

    private void routePartial(long nowNanos) {
        try {
            final int n = FrameHeader.payloadBytes(partial.head());
            route(partial.head(), partial.streamId(), partial.payload(), 0, n, nowNanos);
        } finally {
            partial.clear();
        }
    }

    /** Gives back what was kept. */
    void clear() {
        partial.clear();
        assembly.clear();
    }

    private static final int OF_STREAM =
            1 << FrameType.DATA.ordinal()
                    | 1 << FrameType.HEADERS.ordinal()
                    | 1 << FrameType.PRIORITY.ordinal()
                    | 1 << FrameType.RST_STREAM.ordinal()
                    | 1 << FrameType.CONTINUATION.ordinal();
    private static final int OF_CONNECTION =
            1 << FrameType.SETTINGS.ordinal()
                    | 1 << FrameType.PING.ordinal()
                    | 1 << FrameType.GOAWAY.ordinal();

    private void route(long head, int id, MemorySegment bytes, long at, int n, long nowNanos) {
        final int type = FrameHeader.type(head);
        final int flags = FrameHeader.flags(head);
        if (type > FrameType.HEADERS.ordinal() || !isPlain(n, id)) {
            if (isAllowed(head, id)) routeOther(type, flags, id, bytes, at, n, nowNanos);
        } else if (type == FrameType.DATA.ordinal()) {
            inbound.onFrame(flags, id, bytes, at, n, nowNanos);
        } else {
            assembly.onHeaders(flags, id, bytes, at, n, nowNanos);
        }
    }

    /** Whether DATA or HEADERS with this length and stream are allowed here: the usual case. */
    private boolean isPlain(int n, int id) {
        return n <= frameBytesMax && id != 0 && handshake.hasSettings() && !assembly.isOpen();
    }

    /** What holds of every frame: RFC 9113 §3.4, RFC 9113 §4.2, RFC 9113 §6.2. */
    private boolean isAllowed(long head, int id) {
        final int type = FrameHeader.type(head);
        final int bit = type < Integer.SIZE ? 1 << type : 0;
        if (!handshake.hasSettings()
                && (type != FrameType.SETTINGS.ordinal()
                        || (FrameHeader.flags(head) & FrameHeader.ACK) != 0)) {
            fault.set(ErrorCode.PROTOCOL_ERROR, "the first frame is not SETTINGS");
        } else if (FrameHeader.payloadBytes(head) > frameBytesMax) {
            fault.set(ErrorCode.FRAME_SIZE_ERROR, "frame larger than allowed");
        } else if (assembly.isOpen() && type != FrameType.CONTINUATION.ordinal()) {
            fault.set(ErrorCode.PROTOCOL_ERROR, "a frame inside a header block");
        } else if (id == 0 && (OF_STREAM & bit) != 0) {
            fault.set(ErrorCode.PROTOCOL_ERROR, "a frame of a stream on stream 0");
        } else if (id != 0 && (OF_CONNECTION & bit) != 0) {
            fault.set(ErrorCode.PROTOCOL_ERROR, "a frame of the connection on a stream");
        }
        return !fault.isSet();
    }

    private void routeOther(
            int type, int flags, int id, MemorySegment bytes, long at, int n, long nowNanos) {
        switch (FrameType.of(type)) {
            case DATA -> inbound.onFrame(flags, id, bytes, at, n, nowNanos);
            case HEADERS -> assembly.onHeaders(flags, id, bytes, at, n, nowNanos);
            case CONTINUATION -> assembly.onContinuation(flags, id, bytes, at, n, nowNanos);
            case WINDOW_UPDATE -> onWindowUpdate(id, bytes, at, n, nowNanos);
            case RST_STREAM -> onRstStream(id, bytes, at, n, nowNanos);
            case SETTINGS -> handshake.onSettings(flags, bytes, at, n, nowNanos);
            case PING -> onPing(flags, bytes, at, n, nowNanos);
            case PRIORITY -> onPriority(id, bytes, at, n, nowNanos);
            case GOAWAY -> onGoAway(bytes, at, n);
            case PUSH_PROMISE -> fault.set(ErrorCode.PROTOCOL_ERROR, "PUSH_PROMISE");
            case UNKNOWN -> onEmpty();
        }
    }

    private void onEmpty() {
        if (!progress.onEmpty()) tooManyEmpty();
    }

    private void tooManyEmpty() {
        fault.set(ErrorCode.ENHANCE_YOUR_CALM, GoAwayReason.TOO_MANY_EMPTY_FRAMES);
    }

    private boolean isSized(int n, int expected) {
        if (n == expected) return true;
        fault.set(ErrorCode.FRAME_SIZE_ERROR, "wrong frame length " + n);
        return false;
    }

    /** RFC 9113 §6.9. */
    private void onWindowUpdate(int id, MemorySegment bytes, long at, int n, long nowNanos) {
        if (!isSized(n, 4)) return;
        if (!progress.onWindowUpdate()) tooManyEmpty();
        final int increment = bytes.get(FrameHeader.INT, at) & 0x7fff_ffff;
        if (id == 0) {
            if (increment == 0) {
                fault.set(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
            } else if (!outbound.onConnectionCredit(increment)) {
                fault.set(ErrorCode.FLOW_CONTROL_ERROR, "connection window overflows");
            }
            return;
        }
        final Stream s = streams.find(id);
        if (s == null) {
            if (streams.absent(id, Input.RECV_WINDOW_UPDATE) == Outcome.IDLE_ERROR) {
                fault.set(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE on an idle stream");
            }
        } else if (increment == 0) {
            streams.fail(s, ErrorCode.PROTOCOL_ERROR, nowNanos);
        } else if (!outbound.onCredit(s, increment)) {
            streams.fail(s, ErrorCode.FLOW_CONTROL_ERROR, nowNanos);
        }
    }

    /** RFC 9113 §6.4. */
    private void onRstStream(int id, MemorySegment bytes, long at, int n, long nowNanos) {
        if (!isSized(n, 4)) return;
        final Stream s = streams.find(id);
        if (s != null) {
            final long code = bytes.get(FrameHeader.INT, at) & 0xffff_ffffL;
            streams.onPeerReset(s, code, nowNanos);
        } else if (streams.absent(id, Input.RECV_RST) == Outcome.IDLE_ERROR) {
            fault.set(ErrorCode.PROTOCOL_ERROR, "RST_STREAM on an idle stream");
        } else if (!streams.isCrossingReset(id)) {
            onEmpty();
        }
    }

    /** RFC 9113 §6.7. */
    private void onPing(int flags, MemorySegment bytes, long at, int n, long nowNanos) {
        if (!isSized(n, 8)) return;
        final long opaque = bytes.get(FrameHeader.LONG, at);
        if ((flags & FrameHeader.ACK) == 0) {
            liveness.onPing(opaque, nowNanos);
            return;
        }
        onEmpty();
        final int windowBytes = liveness.onPingAck(opaque);
        if (windowBytes == 0) return;
        inbound.grow(windowBytes);
        handshake.announceWindow(windowBytes, nowNanos);
    }

    /** RFC 9113 §5.3.2, RFC 9113 §6.3; a stream that depends on itself: RFC 7540 §5.3.1. */
    private void onPriority(int id, MemorySegment bytes, long at, int n, long nowNanos) {
        onEmpty();
        final boolean isSized = n == 5;
        if (isSized && (bytes.get(FrameHeader.INT, at) & 0x7fff_ffff) != id) return;
        final ErrorCode code = isSized ? ErrorCode.PROTOCOL_ERROR : ErrorCode.FRAME_SIZE_ERROR;
        final Stream s = streams.find(id);
        if (s != null) {
            streams.fail(s, code, nowNanos);
        } else if (streams.isNew(id)) {
            fault.set(code, "PRIORITY on an idle stream");
        } else {
            streams.failAbsent(id, code, nowNanos);
        }
    }

    /** RFC 9113 §6.8. */
    private void onGoAway(MemorySegment bytes, long at, int n) {
        onEmpty();
        if (n < 8) {
            fault.set(ErrorCode.FRAME_SIZE_ERROR, "GOAWAY of " + n + " bytes");
        } else {
            goAways.onGoAway(bytes, at, n);
        }
    }
}

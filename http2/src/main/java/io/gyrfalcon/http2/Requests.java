package io.gyrfalcon.http2;

import io.gyrfalcon.http2.guard.ProgressBudget;
import io.gyrfalcon.http2.guard.RequestRules;
import io.gyrfalcon.http2.hpack.Field;
import io.gyrfalcon.http2.hpack.FieldSink;
import io.gyrfalcon.http2.stream.StreamState.Input;
import io.gyrfalcon.http2.stream.StreamState.Outcome;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/** Blocks to requests and their trailers, at a server: RFC 9113 §8. Loop-owned. */
@LoopOwned
@HotPath
final class Requests implements BlockSink, FieldSink {
    /*
     * Every block is decoded, also one that is refused, or the tables of both sides would differ.
     */
    private final ServerEvents events;
    private final Streams streams;
    private final Inbound inbound;
    private final Outbound outbound;
    private final Shutdown shutdown;
    private final Fault fault;
    private final ProgressBudget progress;
    private RequestRules rules;
    private final BlockReader reader;

    private final boolean isMemoAllowed = Http2Flags.BLOCK_MEMO.isOn();
    private @Nullable BlockMemo memo;

    // The block that is being decoded.
    private @Nullable Stream stream;
    private boolean isTrailers;
    private boolean isMalformed;

    Requests(ServerEvents events, Rooms rooms) {
        this.events = events;
        streams = rooms.streams;
        inbound = rooms.inbound;
        outbound = rooms.outbound;
        shutdown = rooms.shutdown;
        fault = rooms.fault;
        progress = rooms.progress;
        rules = rooms.scratch.requestRules;
        reader = rooms.reader;
    }

    @Override
    public void use(Http2Scratch other) {
        rules = other.requestRules;
        reader.use(other);
    }

    @Override
    public void onBlock(
            int id,
            MemorySegment block,
            long from,
            int n,
            boolean isEnd,
            boolean isSelfDependent,
            long nowNanos) {
        Stream s = streams.find(id);
        boolean isNew = s == null && streams.isNew(id) && (id & 1) != 0;
        if (isNew) progress.onProgress();
        if (isNew && isAdmitted(isSelfDependent, id)) {
            s = streams.open(id, inbound.streamBytes(), outbound.initialWindowBytes(), nowNanos);
            onRequestBlock(s, block, from, n, isEnd, nowNanos);
            return;
        }
        if (s != null && isEnd && !isSelfDependent && s.state.isRemoteOpen()) {
            progress.onProgress();
            if (decode(s, true, block, from, n)) onTrailers(s, nowNanos);
            return;
        }
        if (!decode(null, false, block, from, n)) return;
        if (isNew) {
            refuse(id, isSelfDependent, nowNanos);
        } else if (!progress.onEmpty()) {
            fault.set(ErrorCode.ENHANCE_YOUR_CALM, GoAwayReason.TOO_MANY_EMPTY_FRAMES);
        } else if (s != null) {
            boolean isOk = s.state.on(Input.RECV_HEADERS) == Outcome.OK;
            ErrorCode code = isOk ? ErrorCode.PROTOCOL_ERROR : ErrorCode.STREAM_CLOSED;
            streams.fail(s, code, nowNanos);
        } else {
            onAbsent(id, nowNanos);
        }
    }

    private void onRequestBlock(
            Stream s, MemorySegment block, long from, int n, boolean isEnd, long nowNanos) {
        BlockMemo known = memo;
        if (known != null && known.matches(block, from, n, reader.tableChanges())) {
            events.onRepeated(s);
            onFields(s, known.contentLength(), isEnd, nowNanos);
            return;
        }
        if (!decode(s, false, block, from, n) || s.state.isClosed()) return;
        if (reader.isOverLimit()) {
            onOverLimit(s, isEnd, nowNanos);
            return;
        }
        if (isMalformed || !rules.isComplete()) {
            streams.fail(s, ErrorCode.PROTOCOL_ERROR, nowNanos);
            return;
        }
        long contentLength = rules.contentLength();
        if (known == null && isMemoAllowed) {
            known = new BlockMemo();
            memo = known;
        }
        if (known != null
                && known.isRepeated(block, from, n, reader.tableChanges())
                && events.onRemember(s)) {
            known.keep(block, from, contentLength);
        }
        onFields(s, contentLength, isEnd, nowNanos);
    }

    private void onFields(Stream s, long contentLength, boolean isEnd, long nowNanos) {
        if (isEnd && contentLength > 0) {
            streams.fail(s, ErrorCode.PROTOCOL_ERROR, nowNanos);
            return;
        }
        s.contentLength = contentLength;
        if (isEnd) s.state.on(Input.RECV_END);
        events.onRequest(s, isEnd);
    }

    private void onOverLimit(Stream s, boolean isEnd, long nowNanos) {
        long contentLength = rules.contentLength();
        if (isMalformed || (isEnd && contentLength > 0)) {
            streams.fail(s, ErrorCode.PROTOCOL_ERROR, nowNanos);
            return;
        }
        s.contentLength = contentLength;
        if (isEnd) s.state.on(Input.RECV_END);
        events.onHeadersTooLarge(s, reader.listBytes(), reader.fields(), isEnd);
    }

    private boolean isAdmitted(boolean isSelfDependent, int id) {
        return !isSelfDependent
                && streams.hasSlot()
                && shutdown.admits(id)
                && !outbound.isOverfull();
    }

    /** A stream that is not to be opened: RFC 9113 §5.1.2, RFC 9113 §6.8, and RFC 7540 §5.3.1. */
    private void refuse(int id, boolean isSelfDependent, long nowNanos) {
        if (!shutdown.admits(id)) {
            streams.ignore(id);
        } else if (isSelfDependent) {
            streams.ignore(id);
            streams.failAbsent(id, ErrorCode.PROTOCOL_ERROR, nowNanos);
        } else {
            streams.refuse(id, ErrorCode.REFUSED_STREAM);
        }
    }

    /** HEADERS on a stream that has ended, or was never the client's to open. */
    private void onAbsent(int id, long nowNanos) {
        if ((id & 1) == 0) {
            fault.set(ErrorCode.PROTOCOL_ERROR, "HEADERS on a stream that is not the client's");
            return;
        }
        if (!streams.isRemembered(id)) {
            fault.set(ErrorCode.PROTOCOL_ERROR, "stream identifier not above the last one");
            return;
        }
        streams.onLate(id, Input.RECV_HEADERS, "HEADERS", nowNanos);
    }

    /** False when the connection is at its end. */
    private boolean decode(
            @Nullable Stream s, boolean trailers, MemorySegment block, long from, int n) {
        stream = s;
        isTrailers = trailers;
        isMalformed = false;
        rules.begin(trailers);
        boolean isRead = reader.read(block, from, n, this);
        stream = null;
        return isRead;
    }

    @Override
    public void onField(Field field) {
        Stream s = stream;
        if (s == null || isMalformed) return;
        if (!rules.accept(field)) {
            isMalformed = true;
            return;
        }
        events.onField(s, field, isTrailers);
    }

    private void onTrailers(Stream s, long nowNanos) {
        if (s.state.isClosed()) return;
        if (reader.isOverLimit()) {
            streams.fail(s, ErrorCode.ENHANCE_YOUR_CALM, nowNanos);
            return;
        }
        if (isMalformed || (s.contentLength >= 0 && s.contentLength != s.receivedBytes)) {
            streams.fail(s, ErrorCode.PROTOCOL_ERROR, nowNanos);
            return;
        }
        s.state.on(Input.RECV_END);
        streams.onEnd(s);
        events.onTrailers(s);
    }
}

package io.gyrfalcon.http2;

import io.gyrfalcon.http2.guard.ProgressBudget;
import io.gyrfalcon.http2.guard.ResponseRules;
import io.gyrfalcon.http2.hpack.Field;
import io.gyrfalcon.http2.hpack.FieldSink;
import io.gyrfalcon.http2.stream.StreamState.Input;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/** Blocks to responses and their trailers, at a client: RFC 9113 §8. Loop-owned. */
@LoopOwned
@HotPath
final class Responses implements BlockSink, FieldSink {
    /*
     * Every block is decoded, also one of a stream that we have reset, or the tables of both sides
     * would differ.
     */
    private final ClientEvents events;
    private final Streams streams;
    private final Fault fault;
    private final ProgressBudget progress;
    private ResponseRules rules;
    private final BlockReader reader;

    // The block that is being decoded.
    private @Nullable Stream stream;
    private boolean isTrailers;
    private boolean isMalformed;

    Responses(ClientEvents events, Rooms rooms) {
        this.events = events;
        streams = rooms.streams;
        fault = rooms.fault;
        progress = rooms.progress;
        rules = rooms.scratch.responseRules;
        reader = rooms.reader;
    }

    @Override
    public void use(Http2Scratch other) {
        rules = other.responseRules;
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
        if (s == null || !s.state.isRemoteOpen()) {
            onLate(id, s, block, from, n, nowNanos);
            return;
        }
        boolean trailers = s.hasHead;
        if (isSelfDependent || (trailers && !isEnd)) {
            if (decode(null, trailers, block, from, n)) {
                streams.fail(s, ErrorCode.PROTOCOL_ERROR, nowNanos);
            }
            return;
        }
        if (!decode(s, trailers, block, from, n) || s.state.isClosed()) return;
        if (reader.isOverLimit()) {
            onOverLimit(s, isEnd);
        } else if (isMalformed || !rules.isComplete()) {
            streams.fail(s, ErrorCode.PROTOCOL_ERROR, nowNanos);
        } else if (trailers) {
            onTrailers(s, nowNanos);
        } else if (rules.isInterim()) {
            onInterim(s, isEnd, nowNanos);
        } else {
            onHead(s, isEnd, nowNanos);
        }
    }

    /** HEADERS on a stream on which the peer may not send, or not any more. */
    private void onLate(
            int id, @Nullable Stream s, MemorySegment block, long from, int n, long nowNanos) {
        if (!decode(null, false, block, from, n)) return;
        if (!progress.onEmpty()) {
            fault.set(ErrorCode.ENHANCE_YOUR_CALM, GoAwayReason.TOO_MANY_EMPTY_FRAMES);
        } else if (s != null) {
            streams.fail(s, ErrorCode.STREAM_CLOSED, nowNanos);
        } else if (streams.isNew(id) || (id & 1) == 0) {
            fault.set(ErrorCode.PROTOCOL_ERROR, "HEADERS on an idle stream");
        } else {
            streams.onLate(id, Input.RECV_HEADERS, "HEADERS", nowNanos);
        }
    }

    private void onHead(Stream s, boolean isEnd, long nowNanos) {
        progress.onProgress();
        long contentLength = rules.contentLength();
        if (isEnd && contentLength > 0) {
            streams.fail(s, ErrorCode.PROTOCOL_ERROR, nowNanos);
            return;
        }
        s.hasHead = true;
        s.contentLength = contentLength;
        if (isEnd) end(s);
        events.onResponse(s, isEnd);
    }

    private void onTrailers(Stream s, long nowNanos) {
        progress.onProgress();
        if (s.contentLength >= 0 && s.contentLength != s.receivedBytes) {
            streams.fail(s, ErrorCode.PROTOCOL_ERROR, nowNanos);
            return;
        }
        end(s);
        events.onTrailers(s);
    }

    /** RFC 9113 §8.1: a response does not end with an interim one. */
    private void onInterim(Stream s, boolean isEnd, long nowNanos) {
        if (isEnd) {
            streams.fail(s, ErrorCode.PROTOCOL_ERROR, nowNanos);
        } else if (!progress.onEmpty()) {
            fault.set(ErrorCode.ENHANCE_YOUR_CALM, GoAwayReason.TOO_MANY_EMPTY_FRAMES);
        }
    }

    private void onOverLimit(Stream s, boolean isEnd) {
        if (isEnd) end(s);
        events.onHeadersTooLarge(s);
        streams.reset(s, ErrorCode.CANCEL);
    }

    private void end(Stream s) {
        s.state.on(Input.RECV_END);
        streams.onEnd(s);
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
        } else if (!rules.isInterim()) {
            events.onField(s, field, isTrailers);
        }
    }
}

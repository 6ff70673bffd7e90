package io.gyrfalcon.http2;

import io.gyrfalcon.http2.frame.FrameHeader;
import io.gyrfalcon.http2.guard.ProgressBudget;
import io.gyrfalcon.http2.guard.RequestRules;
import io.gyrfalcon.http2.hpack.Field;
import io.gyrfalcon.http2.hpack.FieldSink;
import io.gyrfalcon.http2.hpack.HpackDecoder;
import io.gyrfalcon.http2.hpack.HpackOutcome;
import io.gyrfalcon.http2.stream.StreamState.Input;
import io.gyrfalcon.http2.stream.StreamState.Outcome;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * HEADERS and CONTINUATION to fields, requests and trailers: RFC 9113 §6.2, RFC 9113 §6.10, RFC
 * 9113 §8. Loop-owned.
 */
@LoopOwned
@HotPath
final class HeaderAssembly implements FieldSink {
    /*
     * Every block is decoded, also one that is refused, or the tables of both sides would differ.
     * A block in one frame is decoded where it lies; of a longer one the fragments are gathered.
     */
    private static final int PRIORITY_BYTES = 5;

    private final ServerEvents events;
    private final Streams streams;
    private final Inbound inbound;
    private final Outbound outbound;
    private final Shutdown shutdown;
    private final Fault fault;
    private final ProgressBudget progress;
    private final Http2Limits limits;
    private final SlabPool slabs;
    private final RequestRules rules;
    private final HpackDecoder decoder;

    // A block in several frames.
    private int openId;
    private boolean isOpenEnd;
    private boolean isOpenSelfDependent;
    private int continuations;
    private @Nullable Slab gathered;
    private int gatheredBytes;

    private final boolean isMemoAllowed = Http2Flags.BLOCK_MEMO.isOn();
    private @Nullable BlockMemo memo;

    // The block that is being decoded.
    private @Nullable Stream stream;
    private boolean isTrailers;
    private boolean isMalformed;

    HeaderAssembly(
            Http2Limits limits,
            ServerEvents events,
            Streams streams,
            Inbound inbound,
            Outbound outbound,
            Shutdown shutdown,
            Fault fault,
            ProgressBudget progress,
            SlabPool slabs,
            Http2Scratch scratch) {
        this.limits = limits;
        this.events = events;
        this.streams = streams;
        this.inbound = inbound;
        this.outbound = outbound;
        this.shutdown = shutdown;
        this.fault = fault;
        this.progress = progress;
        this.slabs = slabs;
        rules = scratch.rules;
        decoder = new HpackDecoder(Math.max(4_096, limits.hpackTableBytesMax()), scratch.hpack);
        decoder.listLimits(limits.headerListBytesMax(), limits.headerFieldsMax());
    }

    /** The peer knows our SETTINGS_HEADER_TABLE_SIZE. */
    void onFirstAck() {
        if (limits.hpackTableBytesMax() != 4_096) {
            decoder.tableBytesMax(limits.hpackTableBytesMax());
        }
    }

    /** Whether a block has begun and only its CONTINUATION may follow. */
    boolean isOpen() {
        return openId != 0;
    }

    void onHeaders(int flags, int id, MemorySegment bytes, long offset, int length, long nowNanos) {
        long from = offset;
        int n = length;
        int pad = 0;
        boolean isSelfDependent = false;
        if ((flags & (FrameHeader.PADDED | FrameHeader.PRIORITY)) != 0) {
            int extra = extraBytes(flags);
            if (n < extra) {
                fault.set(ErrorCode.FRAME_SIZE_ERROR, "HEADERS shorter than its own fields");
                return;
            }
            if ((flags & FrameHeader.PADDED) != 0) {
                pad = bytes.get(ValueLayout.JAVA_BYTE, from) & 0xff;
            }
            from += extra;
            n -= extra;
            isSelfDependent =
                    (flags & FrameHeader.PRIORITY) != 0
                            && (bytes.get(FrameHeader.INT, from - PRIORITY_BYTES) & 0x7fff_ffff)
                                    == id;
        }
        if (pad > n) {
            fault.set(ErrorCode.PROTOCOL_ERROR, "padding longer than its HEADERS");
            return;
        }
        n -= pad;
        boolean isEnd = (flags & FrameHeader.END_STREAM) != 0;
        if ((flags & FrameHeader.END_HEADERS) != 0) {
            onBlock(id, bytes, from, n, isEnd, isSelfDependent, nowNanos);
            return;
        }
        openId = id;
        isOpenEnd = isEnd;
        isOpenSelfDependent = isSelfDependent;
        continuations = 0;
        gather(bytes, from, n);
    }

    private static int extraBytes(int flags) {
        int n = (flags & FrameHeader.PADDED) != 0 ? 1 : 0;
        return (flags & FrameHeader.PRIORITY) != 0 ? n + PRIORITY_BYTES : n;
    }

    void onContinuation(
            int flags, int id, MemorySegment bytes, long offset, int length, long nowNanos) {
        if (openId == 0 || openId != id) {
            fault.set(ErrorCode.PROTOCOL_ERROR, "CONTINUATION without HEADERS");
            return;
        }
        if (length == 0 || ++continuations > limits.continuationsMax()) {
            fault.set(ErrorCode.ENHANCE_YOUR_CALM, "too_many_continuations");
            return;
        }
        gather(bytes, offset, length);
        if (fault.isSet() || (flags & FrameHeader.END_HEADERS) == 0) return;
        openId = 0;
        Slab block = gathered;
        assert block != null;
        onBlock(id, block.segment(), 0, gatheredBytes, isOpenEnd, isOpenSelfDependent, nowNanos);
        clear();
    }

    private void gather(MemorySegment bytes, long from, int n) {
        int sum = gatheredBytes + n;
        if (sum > limits.headerBlockBytesMax()) {
            fault.set(ErrorCode.ENHANCE_YOUR_CALM, "header block too large");
            return;
        }
        Slab slab = gathered;
        if (slab == null || slab.capacity() < sum) {
            Slab larger = slabs.take(Math.max(sum, 1_024));
            if (slab != null) {
                MemorySegment.copy(slab.segment(), 0, larger.segment(), 0, gatheredBytes);
                slab.release();
            }
            gathered = larger;
            slab = larger;
        }
        MemorySegment.copy(bytes, from, slab.segment(), gatheredBytes, n);
        gatheredBytes = sum;
    }

    /** Gives back what was gathered. */
    void clear() {
        Slab slab = gathered;
        gathered = null;
        gatheredBytes = 0;
        openId = 0;
        if (slab != null) slab.release();
    }

    private void onBlock(
            int id,
            MemorySegment block,
            long from,
            int n,
            boolean isEnd,
            boolean isSelfDependent,
            long nowNanos) {
        Stream s = streams.find(id);
        if (s == null && streams.isNew(id) && isAdmitted(isSelfDependent, id)) {
            progress.onProgress();
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
        if (!progress.onEmpty()) {
            fault.set(ErrorCode.ENHANCE_YOUR_CALM, "too_many_empty_frames");
        } else if (s != null) {
            boolean isOk = s.state.on(Input.RECV_HEADERS) == Outcome.OK;
            ErrorCode code = isOk ? ErrorCode.PROTOCOL_ERROR : ErrorCode.STREAM_CLOSED;
            streams.fail(s, code, nowNanos);
        } else if (streams.isNew(id)) {
            refuse(id, isSelfDependent, nowNanos);
        } else {
            onAbsent(id, nowNanos);
        }
    }

    private void onRequestBlock(
            Stream s, MemorySegment block, long from, int n, boolean isEnd, long nowNanos) {
        BlockMemo known = memo;
        if (known != null && known.matches(block, from, n, decoder.tableChanges())) {
            events.onRepeated(s);
            onFields(s, known.contentLength(), isEnd, nowNanos);
            return;
        }
        if (!decode(s, false, block, from, n) || s.state.isClosed()) return;
        if (decoder.isOverLimit()) {
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
                && known.isRepeated(block, from, n, decoder.tableChanges())
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
        events.onHeadersTooLarge(s, isEnd);
    }

    private boolean isAdmitted(boolean isSelfDependent, int id) {
        return !isSelfDependent
                && streams.hasSlot()
                && shutdown.admits(id)
                && (id & 1) != 0
                && !outbound.isOverfull();
    }

    /** A stream that is not to be opened: RFC 9113 §5.1.2, RFC 9113 §6.8, and RFC 7540 §5.3.1. */
    private void refuse(int id, boolean isSelfDependent, long nowNanos) {
        if ((id & 1) == 0) {
            fault.set(ErrorCode.PROTOCOL_ERROR, "HEADERS on a stream that is not the client's");
        } else if (!shutdown.admits(id)) {
            streams.ignore(id);
        } else if (isSelfDependent) {
            streams.ignore(id);
            streams.failAbsent(id, ErrorCode.PROTOCOL_ERROR, nowNanos);
        } else {
            streams.refuse(id, ErrorCode.REFUSED_STREAM);
        }
    }

    /** HEADERS on a stream that has ended. */
    private void onAbsent(int id, long nowNanos) {
        if ((id & 1) == 0 || !streams.isRemembered(id)) {
            fault.set(ErrorCode.PROTOCOL_ERROR, "stream identifier not above the last one");
            return;
        }
        switch (streams.absent(id, Input.RECV_HEADERS)) {
            case OK, IGNORE, FORBIDDEN -> {
                // In flight when we reset the stream.
            }
            case STREAM_ERROR -> streams.failAbsent(id, ErrorCode.STREAM_CLOSED, nowNanos);
            case CLOSED_ERROR -> fault.set(ErrorCode.STREAM_CLOSED, "HEADERS after END_STREAM");
            case IDLE_ERROR -> fault.set(ErrorCode.PROTOCOL_ERROR, "HEADERS on an idle stream");
        }
    }

    /** False when the connection is at its end. */
    private boolean decode(
            @Nullable Stream s, boolean trailers, MemorySegment block, long from, int n) {
        stream = s;
        isTrailers = trailers;
        isMalformed = false;
        rules.begin(trailers);
        HpackOutcome outcome = decoder.decode(block, from, n, this);
        stream = null;
        if (outcome != HpackOutcome.OK) {
            fault.set(ErrorCode.COMPRESSION_ERROR, "header block cannot be decoded");
            return false;
        }
        if (decoder.isAmplified(limits.hpackAmplificationMax(), limits.hpackFreeBytes())) {
            fault.set(ErrorCode.ENHANCE_YOUR_CALM, "header blocks retain too much");
            return false;
        }
        return true;
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
        if (decoder.isOverLimit()) {
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

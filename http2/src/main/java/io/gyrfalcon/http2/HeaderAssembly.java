package io.gyrfalcon.http2;

import io.gyrfalcon.http2.frame.FrameHeader;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** HEADERS and CONTINUATION to blocks: RFC 9113 §6.2, RFC 9113 §6.10. Loop-owned. */
@LoopOwned
@HotPath
final class HeaderAssembly {
    /*
     * A block in one frame is handed over where it lies; of a longer one the fragments are
     * gathered.
     */
    private static final int PRIORITY_BYTES = 5;

    private final BlockSink blocks;
    private final Fault fault;
    private final Http2Limits limits;
    private SlabPool slabs;

    // A block in several frames.
    private int openId;
    private boolean isOpenEnd;
    private boolean isOpenSelfDependent;
    private int continuations;
    private @Nullable Slab gathered;
    private int gatheredBytes;

    HeaderAssembly(Http2Limits limits, BlockSink blocks, Fault fault, SlabPool slabs) {
        this.limits = limits;
        this.blocks = blocks;
        this.fault = fault;
        this.slabs = slabs;
    }

    /** Goes over to another loop's memory; no block is open. */
    void moveTo(SlabPool other, Http2Scratch scratch) {
        assert !isOpen() : "within a block";
        slabs = other;
        blocks.use(scratch);
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
            blocks.onBlock(id, bytes, from, n, isEnd, isSelfDependent, nowNanos);
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
        blocks.onBlock(
                id, block.segment(), 0, gatheredBytes, isOpenEnd, isOpenSelfDependent, nowNanos);
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
            int roomy = slab == null ? 1_024 : 2 * slab.capacity();
            Slab larger = slabs.take(Math.max(sum, roomy));
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
}

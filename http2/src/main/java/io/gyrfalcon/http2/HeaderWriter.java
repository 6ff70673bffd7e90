package io.gyrfalcon.http2;

import io.gyrfalcon.http2.frame.FrameHeader;
import io.gyrfalcon.http2.frame.FrameType;
import io.gyrfalcon.http2.frame.FrameWriter;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.http2.hpack.HpackEncoder;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/** Writes header blocks: HEADERS, and CONTINUATION where one frame is too small. Loop-owned. */
@LoopOwned
@HotPath
final class HeaderWriter {
    private static final int FRAME_BYTES_MAX = FrameHeader.PAYLOAD_BYTES_INITIAL;

    private final SlabChain out;
    private SlabPool slabs;
    private final HpackEncoder encoder = new HpackEncoder();

    HeaderWriter(SlabChain out, SlabPool slabs) {
        this.out = out;
        this.slabs = slabs;
    }

    /** Takes slabs there from now on. */
    void takeFrom(SlabPool other) {
        slabs = other;
    }

    /** SETTINGS_HEADER_TABLE_SIZE of the peer. */
    void peerTableBytes(long bytes) {
        encoder.peerTableBytes(bytes);
    }

    /**
     * Writes one block.
     *
     * @param extra names and values that follow the block's own
     * @param count how many of {@code extra} count, even
     */
    void write(int streamId, FieldBlock block, byte @Nullable [][] extra, int count, boolean end) {
        int bytesMax = encoder.maxBytes(block);
        if (extra != null) {
            for (int i = 0; i < count; i += 2) {
                bytesMax += HpackEncoder.maxLiteralBytes(extra[i].length, extra[i + 1].length);
            }
        }
        if (bytesMax > FRAME_BYTES_MAX) {
            writeSlow(streamId, block, extra, count, end, bytesMax);
            return;
        }
        out.reserve(FrameHeader.BYTES + bytesMax);
        MemorySegment target = out.tail();
        long at = out.tailOffset();
        int n = encode(block, extra, count, target, at + FrameHeader.BYTES);
        int flags = FrameHeader.END_HEADERS | (end ? FrameHeader.END_STREAM : 0);
        FrameHeader.write(target, at, n, FrameType.HEADERS, flags, streamId);
        out.advance(FrameHeader.BYTES + n);
    }

    private int encode(
            FieldBlock block, byte @Nullable [][] extra, int count, MemorySegment to, long offset) {
        long at = offset + encoder.encode(block, to, offset);
        if (extra == null) return (int) (at - offset);
        for (int i = 0; i < count; i += 2) {
            at += encoder.encodeLiteral(extra[i], extra[i + 1], false, to, at);
        }
        return (int) (at - offset);
    }

    private void writeSlow(
            int streamId,
            FieldBlock block,
            byte @Nullable [][] extra,
            int count,
            boolean end,
            int bytesMax) {
        Slab slab = slabs.take(bytesMax);
        try {
            int left = encode(block, extra, count, slab.segment(), 0);
            FrameType type = FrameType.HEADERS;
            int flags = end ? FrameHeader.END_STREAM : 0;
            long from = 0;
            do {
                int n = Math.min(left, FRAME_BYTES_MAX);
                left -= n;
                if (left == 0) flags |= FrameHeader.END_HEADERS;
                FrameWriter.header(out, n, type, flags, streamId);
                out.append(slab.segment(), from, n);
                from += n;
                type = FrameType.CONTINUATION;
                flags = 0;
            } while (left > 0);
        } finally {
            slab.release();
        }
    }
}

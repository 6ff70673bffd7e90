package io.gyrfalcon.http2;

import io.gyrfalcon.http2.frame.FrameHeader;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A frame of which only the beginning has arrived. Loop-owned. Holds a slab only while part of a
 * payload is there.
 */
@LoopOwned
final class PartialFrame {
    private static final int HEAD_BYTES = 8;
    private static final int FIRST_BYTES = 1 << 10;

    private SlabPool slabs;

    /** The first eight bytes of the header, and the last one. */
    private long head;

    private int lastByte;
    private int headerBytes;
    private @Nullable Slab slab;
    private int payloadBytes;

    PartialFrame(SlabPool slabs) {
        this.slabs = slabs;
    }

    /** Takes slabs there from now on; it holds none. */
    void takeFrom(SlabPool other) {
        assert slab == null : "within a frame";
        slabs = other;
    }

    boolean isStarted() {
        return headerBytes > 0;
    }

    boolean isInHeader() {
        return headerBytes > 0 && headerBytes < FrameHeader.BYTES;
    }

    boolean isInPayload() {
        return headerBytes == FrameHeader.BYTES;
    }

    /** Whether nothing of the payload has arrived. */
    boolean isEmpty() {
        return payloadBytes == 0;
    }

    /** The first eight bytes of the header, which is complete. */
    long head() {
        return head;
    }

    int streamId() {
        return ((int) head << 8 | lastByte) & 0x7fff_ffff;
    }

    /** A header is complete, its payload is to come. */
    void start(long newHead, int streamId) {
        head = newHead;
        lastByte = streamId & 0xff;
        headerBytes = FrameHeader.BYTES;
    }

    /** Takes bytes of the header; where they end. */
    long takeHeader(MemorySegment bytes, long offset, long end) {
        long at = offset;
        while (at < end && headerBytes < FrameHeader.BYTES) {
            int b = bytes.get(ValueLayout.JAVA_BYTE, at++) & 0xff;
            if (headerBytes < HEAD_BYTES) head = head << 8 | b;
            else lastByte = b;
            headerBytes++;
        }
        return at;
    }

    /** How much of the payload is still to come. */
    int missingBytes() {
        return FrameHeader.payloadBytes(head) - payloadBytes;
    }

    /** Takes bytes of the payload; where they end. */
    long takePayload(MemorySegment bytes, long offset, long end) {
        int n = (int) Math.min(missingBytes(), end - offset);
        if (n == 0) return offset;
        MemorySegment target = room(payloadBytes + n);
        MemorySegment.copy(bytes, offset, target, payloadBytes, n);
        payloadBytes += n;
        return offset + n;
    }

    /** A peer that announces much and sends little costs a little. */
    private MemorySegment room(int bytes) {
        Slab current = slab;
        if (current != null && current.capacity() >= bytes) return current.segment();
        Slab larger = slabs.take(Math.max(bytes, FIRST_BYTES));
        if (current != null) {
            MemorySegment.copy(current.segment(), 0, larger.segment(), 0, payloadBytes);
            current.release();
        }
        slab = larger;
        return larger.segment();
    }

    /** The payload, which is complete. */
    MemorySegment payload() {
        Slab current = slab;
        return current == null ? MemorySegment.NULL : current.segment();
    }

    /** Forgets the frame and gives back its slab. */
    void clear() {
        Slab current = slab;
        slab = null;
        headerBytes = 0;
        payloadBytes = 0;
        head = 0;
        if (current != null) current.release();
    }
}

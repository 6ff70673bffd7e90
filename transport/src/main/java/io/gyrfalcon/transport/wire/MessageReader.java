package io.gyrfalcon.transport.wire;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Cuts the bytes of one direction of one call into messages. Loop-owned; reused by {@link #reset}.
 *
 * <pre>
 *  0        1                          5
 *  +--------+--------------------------+---------------- - -
 *  | flags  | length, unsigned, 32 bit | message (length)
 *  +--------+--------------------------+---------------- - -
 *   bit 0: compressed; the others are reserved and must be 0
 * </pre>
 *
 * <p>A message that lies in one slice is handed over in place. One that arrives in pieces is
 * gathered in a slab. Memory follows the bytes that have arrived, not the length that was
 * announced: a peer that announces 4 MiB and sends one byte holds one small slab.
 */
@HotPath
@LoopOwned
public final class MessageReader {

    /** What became of the bytes. After anything but {@link #OK} the reader takes nothing more. */
    public enum Outcome {
        /** All bytes were taken. */
        OK,
        /** A message is longer than the limit; see {@link #foundBytes()}, {@link #bytesMax()}. */
        TOO_LARGE,
        /** A reserved bit of the flags is set. */
        RESERVED_FLAG,
        /** The memory budget is exhausted. */
        NO_MEMORY
    }

    /** Bytes of the prefix before each message. */
    public static final int PREFIX_BYTES = 5;

    /** Bit of the flags: the message is compressed. */
    public static final int COMPRESSED = 0x01;

    private static final int FLAGS_OFFSET = 0;
    private static final int LENGTH_OFFSET = 1;
    private static final int RESERVED = 0xFE;
    private static final int FIRST_SLAB_BYTES = 1024;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private SlabPool pool;
    private int bytesMax;

    private Outcome outcome = Outcome.OK;
    private boolean closed;
    private boolean isPaused;
    private int takenBytes;
    private int prefixBytes;
    private int flags;
    private int length;
    private @Nullable Slab body;
    private int bodyBytes;

    /**
     * @param pool gathers messages that arrive in pieces
     * @param bytesMax longest message, 0 or more
     */
    public MessageReader(SlabPool pool, int bytesMax) {
        this.pool = pool;
        this.bytesMax = checkedMax(bytesMax);
    }

    /** Starts anew for another call. Whatever was gathered is released. */
    public void reset(SlabPool pool, int bytesMax) {
        close();
        this.pool = pool;
        this.bytesMax = checkedMax(bytesMax);
        outcome = Outcome.OK;
        closed = false;
    }

    /** Takes slabs there from now on; the one that gathers a message stays. */
    public void takeFrom(SlabPool other) {
        pool = other;
    }

    /** Releases what was gathered. Bytes fed from now on are dropped. */
    public void close() {
        closed = true;
        Slab gathered = body;
        body = null;
        if (gathered != null) gathered.release();
        nextMessage();
    }

    /** For the sink, within its event: no more messages out of this slice. */
    public void pause() {
        isPaused = true;
    }

    /** How many bytes of the last slice were taken: all but what is left behind a pause. */
    public int takenBytes() {
        return takenBytes;
    }

    /** Whether a message has begun and not ended: then the end of the stream is a fault. */
    public boolean midMessage() {
        return prefixBytes > 0;
    }

    /** Longest message that is taken, in bytes. */
    public int bytesMax() {
        return bytesMax;
    }

    /** Length that the last prefix announced, in bytes: 0..2^32-1. */
    public long foundBytes() {
        return Integer.toUnsignedLong(length);
    }

    /**
     * Takes the next slice; valid during the call only. Whole messages go to the sink in order,
     * until it pauses.
     *
     * @return {@link Outcome#OK}, or what is wrong with the first message that was not handed over;
     *     the same again for every later slice
     */
    public Outcome feed(MemorySegment bytes, long offset, int count, MessageSink sink) {
        isPaused = false;
        long at = offset;
        final long end = offset + count;
        while (prefixBytes == 0 && end - at >= PREFIX_BYTES && !closed && !isPaused) {
            flags = bytes.get(BYTE, at + FLAGS_OFFSET);
            length = bytes.get(INT, at + LENGTH_OFFSET);
            if (isRefused() || end - at - PREFIX_BYTES < length) break;
            at += PREFIX_BYTES + length;
            sink.onMessage(bytes, at - length, length, (flags & COMPRESSED) != 0, null);
        }
        if (at < end && !isPaused) at = feedSlow(bytes, at, end, sink);
        takenBytes = closed ? count : (int) (at - offset);
        return outcome;
    }

    private boolean isRefused() {
        return (flags & RESERVED) != 0 || length < 0 || length > bytesMax;
    }

    /** Messages that begin, go on or end in another slice, and those that are refused. */
    private long feedSlow(MemorySegment bytes, long offset, long end, MessageSink sink) {
        long at = offset;
        while (at < end && !closed && !isPaused && outcome == Outcome.OK) {
            if (prefixBytes < PREFIX_BYTES) {
                onPrefixByte(bytes.get(BYTE, at++));
                if (prefixBytes < PREFIX_BYTES) continue;
                if (!isAccepted()) break;
            }
            at += onBody(bytes, at, end, sink);
        }
        return outcome == Outcome.OK ? at : end;
    }

    private void onPrefixByte(byte value) {
        if (prefixBytes == FLAGS_OFFSET) {
            flags = value;
            length = 0;
        } else {
            length = (length << 8) | (value & 0xFF);
        }
        prefixBytes++;
    }

    private boolean isAccepted() {
        if ((flags & RESERVED) != 0) {
            outcome = Outcome.RESERVED_FLAG;
        } else if (length < 0 || length > bytesMax) {
            outcome = Outcome.TOO_LARGE;
        }
        return outcome == Outcome.OK;
    }

    /** Returns the number of bytes taken. */
    private int onBody(MemorySegment bytes, long at, long end, MessageSink sink) {
        final int missing = length - bodyBytes;
        final int present = (int) Math.min(missing, end - at);
        if (bodyBytes == 0 && present == missing) {
            deliver(bytes, at, null, sink);
            return present;
        }
        if (present == 0) return 0;
        Slab home = room(bodyBytes + present);
        if (home == null) {
            outcome = Outcome.NO_MEMORY;
            return present;
        }
        MemorySegment.copy(bytes, at, home.segment(), bodyBytes, present);
        bodyBytes += present;
        if (present == missing) {
            body = null;
            deliver(home.segment(), 0, home, sink);
        }
        return present;
    }

    private void deliver(MemorySegment bytes, long at, @Nullable Slab home, MessageSink sink) {
        final int messageBytes = length;
        nextMessage();
        sink.onMessage(bytes, at, messageBytes, (flags & COMPRESSED) != 0, home);
    }

    private void nextMessage() {
        prefixBytes = 0;
        length = 0;
        bodyBytes = 0;
    }

    /** The slab of the message, grown to hold so many bytes; {@code null} where memory is out. */
    private @Nullable Slab room(int bytesNeeded) {
        Slab old = body;
        if (old != null && old.capacity() >= bytesNeeded) return old;
        long wanted = Math.max(FIRST_SLAB_BYTES, Math.max(4L * bodyBytes, 2L * bytesNeeded));
        Slab grown;
        try {
            grown = pool.take((int) Math.min(length, wanted));
        } catch (OutOfSlabs e) {
            return null;
        }
        if (old != null) {
            MemorySegment.copy(old.segment(), 0, grown.segment(), 0, bodyBytes);
            old.release();
        }
        body = grown;
        return grown;
    }

    private static int checkedMax(int bytesMax) {
        if (bytesMax >= 0) return bytesMax;
        throw new IllegalArgumentException("bytesMax: " + bytesMax + " (expected: >= 0)");
    }
}

package io.gyrfalcon.http2.frame;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The nine bytes before every payload: RFC 9113 §4.1.
 *
 * <pre>
 *   0        3      4       5            9
 *   +--------+------+-------+------------+
 *   | length | type | flags | stream id  |
 *   +--------+------+-------+------------+
 *   |&lt;------- HEAD, 8 bytes ------&gt;|
 *                           |&lt;-- ID ---&gt;|
 * </pre>
 *
 * Two overlapping big-endian loads read it: the first eight bytes, and the last four.
 */
public final class FrameHeader {
    /** Bytes of a frame header. */
    public static final int BYTES = 9;

    /** Offset of the flags. */
    public static final int FLAGS_OFFSET = 4;

    /** Offset of the stream identifier. */
    public static final int ID_OFFSET = 5;

    /** The smallest limit a peer may set for frames, and the initial one: RFC 9113 §6.5.2. */
    public static final int PAYLOAD_BYTES_INITIAL = 16_384;

    /** The largest limit a peer may set for frames. */
    public static final int PAYLOAD_BYTES_MAX = 16_777_215;

    public static final int END_STREAM = 0x1;
    public static final int ACK = 0x1;
    public static final int END_HEADERS = 0x4;
    public static final int PADDED = 0x8;
    public static final int PRIORITY = 0x20;

    /** Eight bytes, big-endian, at any offset. */
    public static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** Four bytes, big-endian, at any offset. */
    public static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** Two bytes, big-endian, at any offset. */
    public static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private FrameHeader() {}

    /** The first eight bytes of the header at {@code offset}. */
    public static long head(MemorySegment bytes, long offset) {
        return bytes.get(LONG, offset);
    }

    /** The stream identifier, without the reserved bit. */
    public static int streamId(MemorySegment bytes, long offset) {
        return bytes.get(INT, offset + ID_OFFSET) & 0x7fff_ffff;
    }

    public static int payloadBytes(long head) {
        return (int) (head >>> 40);
    }

    public static int type(long head) {
        return (int) (head >>> 32) & 0xff;
    }

    public static int flags(long head) {
        return (int) (head >>> 24) & 0xff;
    }

    /** Writes a header at {@code offset}. */
    public static void write(
            MemorySegment target,
            long offset,
            int payloadBytes,
            FrameType type,
            int flags,
            int streamId) {
        long head = (long) payloadBytes << 40 | (long) type.ordinal() << 32 | (long) flags << 24;
        target.set(LONG, offset, head | streamId >>> 8);
        target.set(ValueLayout.JAVA_BYTE, offset + 8, (byte) streamId);
    }
}

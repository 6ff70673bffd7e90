package io.gyrfalcon.http2.frame;

import io.gyrfalcon.primitives.memory.SlabChain;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Writes whole control frames to the end of a chain. Stateless. */
public final class FrameWriter {
    private static final int DEBUG_BYTES_MAX = 512;

    private FrameWriter() {}

    /** The header alone; the caller appends the payload. */
    public static void header(
            SlabChain out, int payloadBytes, FrameType type, int flags, int streamId) {
        out.reserve(FrameHeader.BYTES);
        FrameHeader.write(out.tail(), out.tailOffset(), payloadBytes, type, flags, streamId);
        out.advance(FrameHeader.BYTES);
    }

    /** RFC 9113 §6.4. */
    public static void rstStream(SlabChain out, int streamId, int errorCode) {
        fourBytes(out, FrameType.RST_STREAM, streamId, errorCode);
    }

    /** RFC 9113 §6.9. */
    public static void windowUpdate(SlabChain out, int streamId, int increment) {
        fourBytes(out, FrameType.WINDOW_UPDATE, streamId, increment);
    }

    /** RFC 9113 §6.7. */
    public static void ping(SlabChain out, int flags, long opaque) {
        out.reserve(FrameHeader.BYTES + 8);
        MemorySegment target = out.tail();
        long at = out.tailOffset();
        FrameHeader.write(target, at, 8, FrameType.PING, flags, 0);
        target.set(FrameHeader.LONG, at + FrameHeader.BYTES, opaque);
        out.advance(FrameHeader.BYTES + 8);
    }

    /** The acknowledgement of RFC 9113 §6.5.3. */
    public static void settingsAck(SlabChain out) {
        header(out, 0, FrameType.SETTINGS, FrameHeader.ACK, 0);
    }

    /**
     * RFC 9113 §6.5.
     *
     * @param entries identifier, value, identifier, value ...
     * @param count how many of {@code entries} count, even
     */
    public static void settings(SlabChain out, int[] entries, int count) {
        int payloadBytes = count / 2 * 6;
        out.reserve(FrameHeader.BYTES + payloadBytes);
        MemorySegment target = out.tail();
        long at = out.tailOffset();
        FrameHeader.write(target, at, payloadBytes, FrameType.SETTINGS, 0, 0);
        at += FrameHeader.BYTES;
        for (int i = 0; i < count; i += 2, at += 6) {
            target.set(FrameHeader.SHORT, at, (short) entries[i]);
            target.set(FrameHeader.INT, at + 2, entries[i + 1]);
        }
        out.advance(FrameHeader.BYTES + payloadBytes);
    }

    /** RFC 9113 §6.8. Debug text beyond 512 bytes is cut. */
    public static void goAway(SlabChain out, int lastStreamId, int errorCode, String debug) {
        byte[] text = debug.getBytes(StandardCharsets.UTF_8);
        int textBytes = Math.min(text.length, DEBUG_BYTES_MAX);
        out.reserve(FrameHeader.BYTES + 8 + textBytes);
        MemorySegment target = out.tail();
        long at = out.tailOffset();
        FrameHeader.write(target, at, 8 + textBytes, FrameType.GOAWAY, 0, 0);
        at += FrameHeader.BYTES;
        target.set(FrameHeader.INT, at, lastStreamId);
        target.set(FrameHeader.INT, at + 4, errorCode);
        MemorySegment.copy(text, 0, target, ValueLayout.JAVA_BYTE, at + 8, textBytes);
        out.advance(FrameHeader.BYTES + 8 + textBytes);
    }

    private static void fourBytes(SlabChain out, FrameType type, int streamId, int value) {
        out.reserve(FrameHeader.BYTES + 4);
        MemorySegment target = out.tail();
        long at = out.tailOffset();
        FrameHeader.write(target, at, 4, type, 0, streamId);
        target.set(FrameHeader.INT, at + FrameHeader.BYTES, value);
        out.advance(FrameHeader.BYTES + 4);
    }
}

package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.frame.FrameType;
import io.gyrfalcon.primitives.memory.SlabChain;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the frames a server has sent. Not thread-safe. */
public final class FrameParser {
    private byte[] bytes = {};

    /** Takes bytes off the front of the chain, at most {@code max}, as a network would. */
    public static byte[] take(SlabChain out, int max) {
        int n = (int) Math.min(max, out.bytes());
        byte[] taken = new byte[n];
        int at = 0;
        while (at < n) {
            int part = Math.min(out.headBytes(), n - at);
            MemorySegment.copy(
                    out.head(), ValueLayout.JAVA_BYTE, out.headOffset(), taken, at, part);
            out.consume(part);
            at += part;
        }
        return taken;
    }

    /** The frames that are complete with these bytes. */
    public List<Frame> parse(byte[] more) {
        int before = bytes.length;
        bytes = Arrays.copyOf(bytes, before + more.length);
        System.arraycopy(more, 0, bytes, before, more.length);
        List<Frame> frames = new ArrayList<>();
        int at = 0;
        while (bytes.length - at >= 9) {
            ByteBuffer b = ByteBuffer.wrap(bytes, at, bytes.length - at);
            int length = (b.get() & 0xff) << 16 | (b.getShort() & 0xffff);
            int type = b.get() & 0xff;
            int flags = b.get() & 0xff;
            int id = b.getInt();
            if (b.remaining() < length) break;
            at += 9 + length;
            byte[] payload = Arrays.copyOfRange(bytes, at - length, at);
            frames.add(new Frame(FrameType.of(type), flags, id, payload));
        }
        bytes = Arrays.copyOfRange(bytes, at, bytes.length);
        return frames;
    }
}

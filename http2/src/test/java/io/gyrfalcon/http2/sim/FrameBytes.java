package io.gyrfalcon.http2.sim;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes what a client would send, right or wrong. Not thread-safe. */
public final class FrameBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public FrameBytes preface() {
        return raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    public FrameBytes raw(byte[] some) {
        bytes.writeBytes(some);
        return this;
    }

    /** Any frame; the length is that of the payload. */
    public FrameBytes frame(int type, int flags, int id, byte[] payload) {
        return header(payload.length, type, flags, id).raw(payload);
    }

    /** A header alone. */
    public FrameBytes header(int length, int type, int flags, int id) {
        return raw(
                ByteBuffer.allocate(9)
                        .put((byte) (length >> 16))
                        .putShort((short) length)
                        .put((byte) type)
                        .put((byte) flags)
                        .putInt(id)
                        .array());
    }

    public FrameBytes data(int id, int length, boolean end) {
        return frame(0, end ? 1 : 0, id, new byte[length]);
    }

    /** DATA with so many bytes of padding; the pad length comes on top. */
    public FrameBytes padded(int id, int length, int pad, boolean end) {
        byte[] payload = new byte[1 + length + pad];
        payload[0] = (byte) pad;
        return frame(0, 8 | (end ? 1 : 0), id, payload);
    }

    /** A whole block in one frame. */
    public FrameBytes headers(int id, byte[] block, boolean end) {
        return frame(1, 4 | (end ? 1 : 0), id, block);
    }

    public FrameBytes priority(int id, int dependency) {
        return frame(2, 0, id, ByteBuffer.allocate(5).putInt(dependency).array());
    }

    public FrameBytes rst(int id, int code) {
        return frame(3, 0, id, fourBytes(code));
    }

    /** Identifier, value, identifier, value ... */
    public FrameBytes settings(int... entries) {
        ByteBuffer payload = ByteBuffer.allocate(entries.length * 3);
        for (int i = 0; i < entries.length; i += 2) {
            payload.putShort((short) entries[i]).putInt(entries[i + 1]);
        }
        return frame(4, 0, 0, payload.array());
    }

    public FrameBytes settingsAck() {
        return frame(4, 1, 0, new byte[0]);
    }

    public FrameBytes ping(long opaque, boolean ack) {
        return frame(6, ack ? 1 : 0, 0, ByteBuffer.allocate(8).putLong(opaque).array());
    }

    public FrameBytes windowUpdate(int id, int increment) {
        return frame(8, 0, id, fourBytes(increment));
    }

    public FrameBytes continuation(int id, byte[] fragment, boolean end) {
        return frame(9, end ? 4 : 0, id, fragment);
    }

    public int size() {
        return bytes.size();
    }

    public byte[] toByteArray() {
        return bytes.toByteArray();
    }

    private static byte[] fourBytes(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }
}

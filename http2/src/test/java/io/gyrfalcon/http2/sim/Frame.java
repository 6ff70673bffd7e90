package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.frame.FrameType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One frame as it was read. Immutable by agreement. */
public final class Frame {
    final FrameType type;
    final int flags;
    final int streamId;
    final byte[] payload;

    Frame(FrameType type, int flags, int streamId, byte[] payload) {
        this.type = type;
        this.flags = flags;
        this.streamId = streamId;
        this.payload = payload;
    }

    public FrameType type() {
        return type;
    }

    public int flags() {
        return flags;
    }

    public int streamId() {
        return streamId;
    }

    public byte[] payload() {
        return payload;
    }

    public boolean is(FrameType expected, int id) {
        return type == expected && streamId == id;
    }

    public boolean isEndStream() {
        return (type == FrameType.DATA || type == FrameType.HEADERS) && (flags & 1) != 0;
    }

    /** Four bytes of the payload. */
    public int intAt(int offset) {
        return ByteBuffer.wrap(payload).getInt(offset);
    }

    public long longAt(int offset) {
        return ByteBuffer.wrap(payload).getLong(offset);
    }

    /** RST_STREAM 1 PROTOCOL... in short: what tests compare. */
    @Override
    public String toString() {
        String head = type + " " + streamId;
        return switch (type) {
            case DATA -> head + " " + payload.length + (isEndStream() ? " end" : "");
            case HEADERS -> head + (isEndStream() ? " end" : "");
            case RST_STREAM, WINDOW_UPDATE -> head + " " + intAt(0);
            case GOAWAY -> "GOAWAY " + intAt(0) + " " + intAt(4) + " " + debug();
            case SETTINGS, PING -> type + ((flags & 1) != 0 ? " ack" : "");
            case PRIORITY, PUSH_PROMISE, CONTINUATION, UNKNOWN -> head;
        };
    }

    private String debug() {
        return new String(payload, 8, payload.length - 8, StandardCharsets.UTF_8);
    }
}

package io.gyrfalcon.bench.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The few frames that drivers write, and how they tell those that they read (RFC 9113 §6). The
 * first call of a connection puts its fields into the server's table (RFC 7541 §6.2.1), later ones
 * refer to them by index. Stateless.
 */
public final class Frames {
    public static final byte DATA = 0;
    public static final byte HEADERS = 1;
    public static final byte RST_STREAM = 3;
    public static final byte SETTINGS = 4;
    public static final byte PING = 6;
    public static final byte GOAWAY = 7;
    public static final byte WINDOW_UPDATE = 8;

    public static final int ACK = 1;
    public static final int END_STREAM = 1;

    public static final short HEADER_TABLE_SIZE = 1;
    public static final short MAX_CONCURRENT_STREAMS = 3;
    public static final short INITIAL_WINDOW_SIZE = 4;

    /** The prefix and {@code name: "hello"} as protobuf. */
    public static final int MESSAGE_BYTES = 12;

    public static final int CALL_BYTES_MAX = 256;
    public static final int ANSWER_BYTES_MAX = 256;
    public static final int TABLE_BYTES_USED = 512;

    private static final int END_HEADERS = 4;
    private static final byte[] MESSAGE = {0, 0, 0, 0, 7, 10, 5, 'h', 'e', 'l', 'l', 'o'};
    private static final byte[] INTRODUCTION = introduction();

    /** The prefix and {@code message: "Hello hello"} as protobuf. */
    private static final byte[] ANSWER = {
        0, 0, 0, 0, 13, 10, 11, 'H', 'e', 'l', 'l', 'o', ' ', 'h', 'e', 'l', 'l', 'o'
    };

    private static final byte[] ANSWER_HEAD = answerHead();
    private static final byte[] ANSWER_TRAILERS = answerTrailers();

    /** POST and http from the static table, then the five introduced fields, oldest first. */
    private static final byte[] REFERENCES = {
        (byte) 0x83,
        (byte) 0x86,
        (byte) (0x80 | 66),
        (byte) (0x80 | 65),
        (byte) (0x80 | 64),
        (byte) (0x80 | 63),
        (byte) (0x80 | 62)
    };

    private Frames() {}

    /** The client's preface: no push, windows so wide that they never close. */
    public static void preface(ByteBuffer out) {
        out.put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        head(out, 12, SETTINGS, 0, 0);
        out.putShort((short) 2).putInt(0);
        out.putShort(INITIAL_WINDOW_SIZE).putInt(1 << 30);
        windowUpdate(out, 1 << 30);
    }

    /** A whole greeter call; the first of a connection introduces its fields. */
    public static void call(ByteBuffer out, int stream, boolean isIntroduced) {
        byte[] block = isIntroduced ? REFERENCES : INTRODUCTION;
        head(out, block.length, HEADERS, END_HEADERS, stream);
        out.put(block);
        message(out, stream, true);
    }

    /** The fields of a call of that path, without its message: the stream stays open. */
    public static void open(ByteBuffer out, int stream, String path) {
        ByteBuffer block = ByteBuffer.allocate(CALL_BYTES_MAX);
        block.put((byte) 0x83).put((byte) 0x86);
        field(block, 4, "", path);
        field(block, 31, "", "application/grpc");
        field(block, 0, "te", "trailers");
        block.flip();
        head(out, block.remaining(), HEADERS, END_HEADERS, stream);
        out.put(block);
    }

    /** A greeter's message as DATA. */
    public static void message(ByteBuffer out, int stream, boolean isLast) {
        head(out, MESSAGE_BYTES, DATA, isLast ? END_STREAM : 0, stream);
        out.put(MESSAGE);
    }

    /** Settings that change nothing. */
    public static void settings(ByteBuffer out) {
        head(out, 0, SETTINGS, 0, 0);
    }

    /** A server's whole answer to a greeter call: head, message, trailers. */
    public static void answer(ByteBuffer out, int stream) {
        head(out, ANSWER_HEAD.length, HEADERS, END_HEADERS, stream);
        out.put(ANSWER_HEAD);
        head(out, ANSWER.length, DATA, 0, stream);
        out.put(ANSWER);
        head(out, ANSWER_TRAILERS.length, HEADERS, END_HEADERS | END_STREAM, stream);
        out.put(ANSWER_TRAILERS);
    }

    /** Gives the stream up; 8 is CANCEL (RFC 9113 §7). */
    public static void reset(ByteBuffer out, int stream, int errorCode) {
        head(out, 4, RST_STREAM, 0, stream);
        out.putInt(errorCode);
    }

    /** The answer to SETTINGS. */
    public static void settingsAck(ByteBuffer out) {
        head(out, 0, SETTINGS, ACK, 0);
    }

    /** The answer to a PING. */
    public static void pong(ByteBuffer out, long opaque) {
        head(out, 8, PING, ACK, 0);
        out.putLong(opaque);
    }

    /** Credit for the connection. */
    public static void windowUpdate(ByteBuffer out, int bytes) {
        head(out, 4, WINDOW_UPDATE, 0, 0);
        out.putInt(bytes);
    }

    /** The payload length of the frame at the position. */
    public static int length(ByteBuffer in) {
        return in.getInt(in.position()) >>> 8;
    }

    private static void head(ByteBuffer out, int length, byte type, int flags, int stream) {
        out.putInt(length << 8 | type);
        out.put((byte) flags);
        out.putInt(stream);
    }

    private static byte[] introduction() {
        ByteBuffer out = ByteBuffer.allocate(CALL_BYTES_MAX);
        out.put((byte) 0x83).put((byte) 0x86);
        field(out, 4, "", "/helloworld.Greeter/SayHello");
        field(out, 1, "", "127.0.0.1");
        field(out, 31, "", "application/grpc");
        field(out, 0, "te", "trailers");
        field(out, 58, "", "open-loop");
        return taken(out);
    }

    /** 200 from the static table; what a server's table would keep is sent as it is. */
    private static byte[] answerHead() {
        ByteBuffer out = ByteBuffer.allocate(ANSWER_BYTES_MAX);
        out.put((byte) 0x88).put((byte) 0);
        text(out, "content-type");
        text(out, "application/grpc");
        return taken(out);
    }

    private static byte[] answerTrailers() {
        ByteBuffer out = ByteBuffer.allocate(ANSWER_BYTES_MAX);
        out.put((byte) 0);
        text(out, "grpc-status");
        text(out, "0");
        return taken(out);
    }

    private static byte[] taken(ByteBuffer out) {
        byte[] block = new byte[out.position()];
        out.flip().get(block);
        return block;
    }

    /**
     * A literal with incremental indexing; its name from the static table, or new where the index
     * is 0.
     */
    private static void field(ByteBuffer out, int nameIndex, String name, String value) {
        out.put((byte) (0x40 | nameIndex));
        if (nameIndex == 0) text(out, name);
        text(out, value);
    }

    private static void text(ByteBuffer out, String text) {
        out.put((byte) text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
    }
}

package io.gyrfalcon.verify.judged;

import io.gyrfalcon.http2.frame.FrameType;
import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.Frame;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.http2.sim.FrameParser;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * The server's end of one connection: frames of the client, one after another, and whatever is to
 * be sent. SETTINGS and PINGs are acknowledged while frames are read. One thread; may block.
 */
final class Wire {
    private static final int PREFACE_BYTES = 24;
    static final String[] HEAD = {":status", "200", "content-type", "application/grpc"};

    private final Socket socket;
    private final FrameParser parser = new FrameParser();
    private final Deque<Frame> frames = new ArrayDeque<>();

    Wire(Socket socket) {
        this.socket = socket;
    }

    // What comes.

    /** Reads the client's preface, and sends SETTINGS with these entries. */
    Wire hello(int... settings) throws IOException {
        preface();
        return send(new FrameBytes().settings(settings));
    }

    Wire preface() throws IOException {
        socket.getInputStream().readNBytes(PREFACE_BYTES);
        return this;
    }

    /** The next frame of any kind. */
    Frame frame() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] bytes = new byte[1 << 14];
        while (frames.isEmpty()) {
            int n = in.read(bytes);
            if (n < 0) throw new EOFException("the client has closed");
            frames.addAll(parser.parse(Arrays.copyOf(bytes, n)));
        }
        Frame frame = frames.remove();
        boolean isAck = (frame.flags() & 1) != 0;
        if (frame.type() == FrameType.SETTINGS && !isAck) send(new FrameBytes().settingsAck());
        if (frame.type() == FrameType.PING && !isAck) {
            send(new FrameBytes().ping(frame.longAt(0), true));
        }
        return frame;
    }

    /** The stream of the next request that begins. */
    int begun() throws IOException {
        return await(FrameType.HEADERS).streamId();
    }

    /** The stream of the next request that ends. */
    int request() throws IOException {
        while (true) {
            Frame frame = frame();
            if (frame.isEndStream()) return frame.streamId();
        }
    }

    Frame await(FrameType type) throws IOException {
        while (true) {
            Frame frame = frame();
            if (frame.type() == type) return frame;
        }
    }

    /** Until the client closes. */
    void drain() throws IOException {
        try {
            while (true) frame();
        } catch (EOFException end) {
            // As awaited.
        }
    }

    // What is sent.

    Wire send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    Wire send(FrameBytes bytes) throws IOException {
        return send(bytes.toByteArray());
    }

    Wire text(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire headers(int id, boolean end, String... namesAndValues) throws IOException {
        return send(new FrameBytes().headers(id, Bench.literals(namesAndValues), end));
    }

    Wire head(int id) throws IOException {
        return headers(id, false, HEAD);
    }

    Wire data(int id, boolean end, byte[] payload) throws IOException {
        return send(new FrameBytes().frame(0, end ? 1 : 0, id, payload));
    }

    Wire message(int id, String text) throws IOException {
        return data(id, false, message(0, text.getBytes(StandardCharsets.UTF_8)));
    }

    /** A message with its prefix. */
    static byte[] message(int flags, byte[] body) {
        return prefixed(flags, body.length, body);
    }

    /** Some bytes behind the prefix of a message of this length. */
    static byte[] prefixed(int flags, int length, byte[] body) {
        return ByteBuffer.allocate(5 + body.length)
                .put((byte) flags)
                .putInt(length)
                .put(body)
                .array();
    }

    Wire trailers(int id, String... namesAndValues) throws IOException {
        return headers(id, true, namesAndValues);
    }

    /** A whole answer of status OK. */
    Wire answer(int id, String text) throws IOException {
        return head(id).message(id, text).trailers(id, "grpc-status", "0");
    }

    Wire reset(int id, int code) throws IOException {
        return send(new FrameBytes().rst(id, code));
    }

    Wire goAway(int lastId, int code, String debug) throws IOException {
        byte[] text = debug.getBytes(StandardCharsets.UTF_8);
        byte[] payload =
                ByteBuffer.allocate(8 + text.length).putInt(lastId).putInt(code).put(text).array();
        return send(new FrameBytes().frame(7, 0, 0, payload));
    }

    /** Says that nothing more will be sent, and waits for the client to close. */
    void finish() throws IOException {
        socket.shutdownOutput();
        drain();
    }

    /** Closes by RST instead of FIN. */
    void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}

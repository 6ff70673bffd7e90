package io.gyrfalcon.bench.wire;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * One HTTP/2 connection that can say one thing: a greeter call. Owned by the thread that drives it.
 * It knows of a response whether the whole message came and was followed by trailers, not what they
 * say.
 */
public final class GreeterConnection implements AutoCloseable {
    /** 5 bytes of prefix, then {@code message: "Hello hello"} as protobuf. */
    static final int RESPONSE_BYTES = 5 + 2 + 11;

    private static final int FRAME_HEAD_BYTES = 9;
    private static final int SLOTS = 1 << 16;
    private static final int WINDOW_REFILL = 1 << 28;

    private final SocketChannel channel;
    private final ByteBuffer output = ByteBuffer.allocateDirect(1 << 20);
    private final ByteBuffer input = ByteBuffer.allocateDirect(1 << 18);
    private final long[] intendedNanos = new long[SLOTS];
    private final int[] messageBytes = new int[SLOTS];
    private int nextStream = 1;
    private long outstanding;
    private long failures;
    private long windowBytes = 65_535;
    private long streamsMax = Long.MAX_VALUE;
    private long unrefilled;
    private boolean isIntroduced;

    /**
     * Connects; the preface leaves with the first flush.
     *
     * @param blocking whether {@link #receive} waits for something to arrive
     */
    public GreeterConnection(InetSocketAddress server, boolean blocking) throws IOException {
        channel = SocketChannel.open(server);
        channel.configureBlocking(blocking);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Frames.preface(output);
    }

    /** The socket. */
    public SocketChannel channel() {
        return channel;
    }

    /** Calls without an answer. */
    public long outstanding() {
        return outstanding;
    }

    /** Calls that were answered otherwise than they should be. */
    public long failures() {
        return failures;
    }

    /** Queues a call meant for that moment; false where the peer's limits do not let it go yet. */
    public boolean call(long intended) {
        if (outstanding >= Math.min(streamsMax, SLOTS) || windowBytes < Frames.MESSAGE_BYTES) {
            return false;
        }
        if (output.remaining() < Frames.CALL_BYTES_MAX) return false;
        int slot = slot(nextStream);
        intendedNanos[slot] = intended;
        messageBytes[slot] = 0;
        Frames.call(output, nextStream, isIntroduced);
        isIntroduced = true;
        nextStream += 2;
        outstanding++;
        windowBytes -= Frames.MESSAGE_BYTES;
        return true;
    }

    /** Sends what is queued. */
    public void flush() throws IOException {
        if (output.position() == 0) return;
        output.flip();
        channel.write(output);
        output.compact();
    }

    /** Reads what has come; the latencies of answers go to the histogram. */
    public void receive(Histogram latencies) {
        try {
            if (channel.read(input) < 0) throw new IOException("closed by the server");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long now = System.nanoTime();
        input.flip();
        while (input.remaining() >= FRAME_HEAD_BYTES) {
            int length = Frames.length(input);
            if (input.remaining() < FRAME_HEAD_BYTES + length) break;
            int end = input.position() + FRAME_HEAD_BYTES + length;
            onFrame(length, now, latencies);
            input.position(end);
        }
        input.compact();
    }

    private void onFrame(int length, long now, Histogram latencies) {
        int head = input.position();
        int flags = input.get(head + 4) & 0xff;
        int stream = input.getInt(head + 5) & 0x7fffffff;
        boolean isEnd = (flags & Frames.END_STREAM) != 0;
        byte type = input.get(head + 3);
        if (type == Frames.DATA) {
            messageBytes[slot(stream)] += length;
            refill(length);
            if (isEnd) onFailure();
            return;
        }
        if (type == Frames.HEADERS) {
            if (isEnd) onEnd(stream, now, latencies);
            return;
        }
        if (type == Frames.RST_STREAM) {
            onFailure();
            return;
        }
        onControlFrame(type, flags, stream, head, length);
    }

    private void onControlFrame(byte type, int flags, int stream, int head, int length) {
        boolean isAck = (flags & Frames.ACK) != 0;
        if (type == Frames.SETTINGS && !isAck) onSettings(head, length);
        if (type == Frames.PING && !isAck) {
            Frames.pong(output, input.getLong(head + FRAME_HEAD_BYTES));
        }
        if (type == Frames.WINDOW_UPDATE && stream == 0) {
            windowBytes += input.getInt(head + FRAME_HEAD_BYTES);
        }
        if (type == Frames.GOAWAY) {
            int code = input.getInt(head + FRAME_HEAD_BYTES + 4);
            throw new IllegalStateException("GOAWAY with code " + code + " (expected: answers)");
        }
    }

    private void onEnd(int stream, long now, Histogram latencies) {
        int slot = slot(stream);
        if (messageBytes[slot] != RESPONSE_BYTES) {
            onFailure();
            return;
        }
        outstanding--;
        latencies.recordValue(
                Math.min(now - intendedNanos[slot], latencies.getHighestTrackableValue()));
    }

    private void onFailure() {
        outstanding--;
        failures++;
    }

    private void onSettings(int head, int length) {
        for (int i = head + FRAME_HEAD_BYTES; i < head + FRAME_HEAD_BYTES + length; i += 6) {
            short setting = input.getShort(i);
            long value = input.getInt(i + 2) & 0xffffffffL;
            if (setting == Frames.MAX_CONCURRENT_STREAMS) streamsMax = value;
            if (setting == Frames.HEADER_TABLE_SIZE && value < Frames.TABLE_BYTES_USED) {
                throw new IllegalStateException("header table: " + value + " (expected: >= 512)");
            }
        }
        Frames.settingsAck(output);
    }

    private void refill(int length) {
        unrefilled += length;
        if (unrefilled < WINDOW_REFILL) return;
        Frames.windowUpdate(output, (int) unrefilled);
        unrefilled = 0;
    }

    private static int slot(int stream) {
        return (stream >>> 1) & (SLOTS - 1);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

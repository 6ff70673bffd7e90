package io.gyrfalcon.bench.floor;

import io.gyrfalcon.bench.wire.Frames;
import io.gyrfalcon.eventloop.LoopSocket;
import io.gyrfalcon.eventloop.SocketHandler;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * One connection: frames are told apart and nothing of them is checked. Where a request ends, the
 * whole answer is written. Loop-owned.
 */
final class FixedAnswers implements SocketHandler {
    private static final int FRAME_HEAD_BYTES = 9;
    private static final int PREFACE_BYTES = 24;
    private static final int INPUT_BYTES = 128 * 1024;

    private final LoopSocket socket;
    private final ByteBuffer input = ByteBuffer.allocate(INPUT_BYTES);
    private final ByteBuffer output = ByteBuffer.allocate(INPUT_BYTES);
    private boolean isGreeted;

    FixedAnswers(LoopSocket socket) {
        this.socket = socket;
    }

    @Override
    public void onReceived(MemorySegment bytes, int length) {
        MemorySegment.copy(
                bytes, ValueLayout.JAVA_BYTE, 0, input.array(), input.position(), length);
        input.position(input.position() + length).flip();
        if (!isGreeted && input.remaining() >= PREFACE_BYTES) {
            isGreeted = true;
            input.position(PREFACE_BYTES);
            Frames.settings(output);
            Frames.windowUpdate(output, 1 << 30);
        }
        while (isGreeted && isFrameWhole()) answer();
        input.compact();
    }

    private boolean isFrameWhole() {
        return input.remaining() >= FRAME_HEAD_BYTES
                && input.remaining() >= FRAME_HEAD_BYTES + Frames.length(input);
    }

    private void answer() {
        int start = input.position();
        int length = Frames.length(input);
        byte type = input.get(start + 3);
        int flags = input.get(start + 4);
        if (type == Frames.DATA && (flags & Frames.END_STREAM) != 0) {
            if (output.remaining() < Frames.ANSWER_BYTES_MAX) moveOutput();
            Frames.answer(output, input.getInt(start + 5));
        } else if (type == Frames.SETTINGS && (flags & Frames.ACK) == 0) {
            Frames.settingsAck(output);
        } else if (type == Frames.PING && (flags & Frames.ACK) == 0) {
            Frames.pong(output, input.getLong(start + FRAME_HEAD_BYTES));
        }
        input.position(start + FRAME_HEAD_BYTES + length);
    }

    private void moveOutput() {
        socket.outbox().append(output.array(), 0, output.position());
        output.clear();
    }

    @Override
    public void onBatchEnd() {
        moveOutput();
        socket.flush();
    }

    @Override
    public void onInputEnd() {
        socket.closeAfterFlush();
    }

    @Override
    public void onDrained() {}

    @Override
    public void onClosed(@Nullable IOException cause) {}
}

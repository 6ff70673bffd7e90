package io.gyrfalcon.eventloop;

import java.lang.foreign.MemorySegment;

/** Sends back what arrives, and ends when the peer does. */
class Echo extends Recorder {
    Echo(LoopSocket socket) {
        super(socket);
    }

    @Override
    public void onReceived(MemorySegment segment, int length) {
        receives++;
        socket.outbox().append(segment, 0, length);
    }

    @Override
    public void onBatchEnd() {
        super.onBatchEnd();
        socket.flush();
        if (socket.unsentBytes() > 1 << 20) socket.pauseReading();
    }

    @Override
    public void onDrained() {
        super.onDrained();
        socket.resumeReading();
    }

    @Override
    public void onInputEnd() {
        super.onInputEnd();
        socket.closeAfterFlush();
    }
}

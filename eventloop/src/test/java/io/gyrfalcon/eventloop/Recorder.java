package io.gyrfalcon.eventloop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CountDownLatch;

/** A handler that notes what it hears, and answers what a test puts into its hooks. */
class Recorder implements SocketHandler {
    final LoopSocket socket;
    final CountDownLatch closed = new CountDownLatch(1);
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    volatile int receives;
    volatile int batches;
    volatile int inputEnds;
    volatile int drains;
    volatile int closes;
    volatile IOException cause;

    Recorder(LoopSocket socket) {
        this.socket = socket;
    }

    synchronized byte[] bytes() {
        return bytes.toByteArray();
    }

    @Override
    public void onReceived(MemorySegment segment, int length) {
        receives++;
        synchronized (this) {
            bytes.writeBytes(segment.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Override
    public void onBatchEnd() {
        batches++;
    }

    @Override
    public void onInputEnd() {
        inputEnds++;
    }

    @Override
    public void onDrained() {
        drains++;
    }

    @Override
    public void onClosed(IOException why) {
        cause = why;
        closes++;
        closed.countDown();
    }
}

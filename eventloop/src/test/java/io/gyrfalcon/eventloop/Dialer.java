package io.gyrfalcon.eventloop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketAddress;
import java.util.concurrent.CountDownLatch;

/** Connects, sends, and notes what it hears until as much has come back. */
class Dialer implements SocketHandler {
    final CountDownLatch closed = new CountDownLatch(1);
    private final byte[] toSend;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    LoopSocket socket;
    IOException failure;
    volatile int connects;
    volatile int closes;
    volatile IOException cause;

    Dialer(byte... toSend) {
        this.toSend = toSend;
    }

    boolean connect(Loop loop, SocketAddress address, SocketOptions options) {
        try {
            socket = LoopSocket.connect(loop, address, options, this);
            socket.outbox().append(toSend, 0, toSend.length);
            socket.flush();
        } catch (IOException atOnce) {
            failure = atOnce;
        }
        return socket != null;
    }

    synchronized byte[] bytes() {
        return bytes.toByteArray();
    }

    @Override
    public void onConnected() {
        connects++;
    }

    @Override
    public synchronized void onReceived(MemorySegment segment, int length) {
        bytes.writeBytes(segment.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }

    @Override
    public void onBatchEnd() {
        if (bytes().length == toSend.length) socket.closeAfterFlush();
    }

    @Override
    public void onInputEnd() {}

    @Override
    public void onDrained() {}

    @Override
    public void onClosed(IOException why) {
        cause = why;
        closes++;
        closed.countDown();
    }
}

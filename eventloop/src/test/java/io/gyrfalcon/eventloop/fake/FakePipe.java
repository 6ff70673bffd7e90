package io.gyrfalcon.eventloop.fake;

import java.util.Arrays;

/** One direction of a fake connection. One thread. */
final class FakePipe {
    private final FakeNetwork network;
    private final boolean fromClient;
    private byte[] arrived = new byte[256];
    private int from;
    private int to;
    private int travelling;
    private long lastArrivalNanos;
    private boolean isEndSent;
    private boolean isEnded;
    private boolean isReset;
    private boolean isWriterBlocked;
    private Runnable onReadable = () -> {};
    private Runnable onWritable = () -> {};
    private Runnable onReset = () -> {};

    FakePipe(FakeNetwork network, boolean fromClient) {
        this.network = network;
        this.fromClient = fromClient;
        this.lastArrivalNanos = network.nowNanos();
    }

    void reader(Runnable onReadable, Runnable onReset) {
        this.onReadable = onReadable;
        this.onReset = onReset;
    }

    void writer(Runnable onWritable) {
        this.onWritable = onWritable;
    }

    boolean isReset() {
        return isReset;
    }

    /** Whether the end has been read up to: nothing is left. */
    boolean isEnded() {
        return isEnded && from == to;
    }

    boolean hasEndArrived() {
        return isEnded;
    }

    boolean isEndSent() {
        return isEndSent;
    }

    int available() {
        return to - from;
    }

    int space() {
        return Math.max(0, network.weather().bufferBytes() - travelling - available());
    }

    /** Notes that the writer wants to hear when there is space. */
    void block() {
        isWriterBlocked = true;
    }

    /** Sends all of it, whatever the space. */
    void write(byte[] bytes) {
        int at = 0;
        while (at < bytes.length && !isEndSent && !isReset) {
            int length = network.pieceBytes(bytes.length - at);
            byte[] piece = Arrays.copyOfRange(bytes, at, at + length);
            at += length;
            travelling += length;
            schedule(() -> arrive(piece));
        }
    }

    /** Ends the output, behind everything that was written. */
    void end() {
        if (isEndSent) return;
        isEndSent = true;
        schedule(this::arriveEnd);
    }

    private void schedule(Runnable arrival) {
        lastArrivalNanos = network.schedule(lastArrivalNanos, arrival);
    }

    private void arrive(byte[] piece) {
        travelling -= piece.length;
        if (isReset) return;
        if (network.isDue(network.weather().resetOneIn())) {
            network.resetBoth(this);
            return;
        }
        if (to + piece.length > arrived.length) grow(piece.length);
        System.arraycopy(piece, 0, arrived, to, piece.length);
        to += piece.length;
        onReadable.run();
        if (fromClient && network.isDue(network.weather().halfCloseOneIn())) end();
    }

    private void grow(int bytes) {
        int length = to - from;
        byte[] larger = new byte[Math.max(arrived.length, 2 * (length + bytes))];
        System.arraycopy(arrived, from, larger, 0, length);
        arrived = larger;
        from = 0;
        to = length;
    }

    private void arriveEnd() {
        if (isReset) return;
        isEnded = true;
        onReadable.run();
    }

    void reset() {
        if (isReset) return;
        isReset = true;
        onReset.run();
    }

    byte[] read(int bytesMax) {
        int length = Math.min(bytesMax, available());
        byte[] bytes = Arrays.copyOfRange(arrived, from, from + length);
        from += length;
        if (length > 0 && isWriterBlocked && space() > 0) {
            isWriterBlocked = false;
            onWritable.run();
        }
        return bytes;
    }
}

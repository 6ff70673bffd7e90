package io.gyrfalcon.eventloop.fake;

/** The peer's end of a fake connection, moved by a test. One thread. */
public final class FakeClient {
    private final FakeNetwork network;
    private final FakePipe out;
    private final FakePipe in;

    FakeClient(FakeNetwork network, FakePipe out, FakePipe in) {
        this.network = network;
        this.out = out;
        this.in = in;
    }

    /** Has {@code listener} called whenever bytes, an end or a reset have arrived. */
    public FakeClient onInput(Runnable listener) {
        in.reader(listener, listener);
        return this;
    }

    /** Sends bytes; they travel as the weather wants. */
    public void write(byte... bytes) {
        out.write(bytes);
    }

    /** Everything that has arrived and was not read yet. Reading makes room for the sender. */
    public byte[] read() {
        return in.read(Integer.MAX_VALUE);
    }

    /** Up to so many of the bytes that have arrived. */
    public byte[] read(int bytesMax) {
        return in.read(bytesMax);
    }

    /** How many bytes {@link #read()} would return. */
    public int available() {
        return in.available();
    }

    /** Ends this side's output behind what was written. */
    public void halfClose() {
        out.end();
    }

    /** Resets the connection at once, in both directions. */
    public void reset() {
        network.resetBoth(out);
    }

    /** Whether the other side has ended its output and all of it was read. */
    public boolean isEnded() {
        return in.isEnded();
    }

    /** Whether the connection was reset by either side. */
    public boolean isReset() {
        return in.isReset();
    }
}

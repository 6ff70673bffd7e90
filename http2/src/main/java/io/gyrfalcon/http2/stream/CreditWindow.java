package io.gyrfalcon.http2.stream;

/**
 * What we let the peer send, and what we owe it again. Loop-owned. Credit is given in lumps of half
 * the window, so that small messages do not cost a WINDOW_UPDATE each.
 */
public final class CreditWindow {
    private final FlowWindow window;
    private int size;
    private int owed;

    public CreditWindow(int size) {
        this.size = size;
        window = new FlowWindow(size);
    }

    /** Starts afresh with {@code newSize} bytes. */
    public void recycle(int newSize) {
        size = newSize;
        owed = 0;
        window.set(newSize);
    }

    /** What the peer may still send. */
    public int bytes() {
        return window.bytes();
    }

    public int size() {
        return size;
    }

    /** Bytes consumed whose credit has not been given yet. */
    public int owed() {
        return owed;
    }

    /** The peer sends {@code n} bytes; false when they are more than it may. */
    public boolean take(int n) {
        return window.take(n);
    }

    /** Notes {@code n} bytes that are dealt with. */
    public void owe(int n) {
        owed += n;
    }

    /** Whether enough is owed to be worth a frame. */
    public boolean isDue() {
        return owed > 0 && owed >= size >>> 1;
    }

    /** Gives what is owed; the increment for the WINDOW_UPDATE. */
    public int give() {
        int n = owed;
        owed = 0;
        window.add(n);
        return n;
    }

    /** Enlarges the window by {@code delta}; the caller tells the peer. */
    public void grow(int delta) {
        if (!window.add(delta)) return;
        size += delta;
    }
}

package io.gyrfalcon.http2.stream;

/** How many more bytes a side will accept. Loop-owned. May be negative: RFC 9113 §6.9.2. */
public final class FlowWindow {
    /** The largest window: RFC 9113 §6.9.1. */
    public static final int BYTES_MAX = Integer.MAX_VALUE;

    /** What both sides start with: RFC 9113 §6.9.2. */
    public static final int BYTES_INITIAL = 65_535;

    private int bytes;

    public FlowWindow(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes that may be sent; none when negative. */
    public int bytes() {
        return bytes;
    }

    /** Starts afresh. */
    public void set(int newBytes) {
        bytes = newBytes;
    }

    /** Takes {@code n} bytes, or nothing when there are fewer. An empty frame always fits. */
    public boolean take(int n) {
        if (n > bytes && n > 0) return false;
        bytes -= n;
        return true;
    }

    /**
     * Adds {@code n}, which may be negative.
     *
     * @return false, and no change, when the window would pass 2^31-1
     */
    public boolean add(int n) {
        long sum = (long) bytes + n;
        if (sum > BYTES_MAX) return false;
        bytes = (int) Math.max(sum, Integer.MIN_VALUE);
        return true;
    }
}

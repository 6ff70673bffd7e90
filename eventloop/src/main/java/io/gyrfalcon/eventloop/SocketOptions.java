package io.gyrfalcon.eventloop;

/**
 * Options of one connected socket. Immutable.
 *
 * @param noDelay small segments leave at once (TCP_NODELAY); without meaning on unix-domain sockets
 * @param sendBufferBytes SO_SNDBUF, 0 = the system's own sizing
 * @param receiveBufferBytes SO_RCVBUF, 0 = the system's own sizing
 */
public record SocketOptions(boolean noDelay, int sendBufferBytes, int receiveBufferBytes) {
    private static final SocketOptions DEFAULTS = new SocketOptions(true, 0, 0);

    /** Checks ranges: buffers 0 or more. */
    public SocketOptions {
        if (sendBufferBytes < 0) {
            throw new IllegalArgumentException(
                    "sendBufferBytes: " + sendBufferBytes + " (expected: >= 0)");
        }
        if (receiveBufferBytes < 0) {
            throw new IllegalArgumentException(
                    "receiveBufferBytes: " + receiveBufferBytes + " (expected: >= 0)");
        }
    }

    /** No delay, buffers as the system sizes them. */
    public static SocketOptions defaults() {
        return DEFAULTS;
    }

    /** These options with another choice of TCP_NODELAY. */
    public SocketOptions withNoDelay(boolean on) {
        return new SocketOptions(on, sendBufferBytes, receiveBufferBytes);
    }

    /** These options with other buffer sizes; 0 = the system's own sizing. */
    public SocketOptions withBuffers(int sendBytes, int receiveBytes) {
        return new SocketOptions(noDelay, sendBytes, receiveBytes);
    }
}

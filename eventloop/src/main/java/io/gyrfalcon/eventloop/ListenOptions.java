package io.gyrfalcon.eventloop;

/**
 * Options of one listening socket. Immutable.
 *
 * @param backlog connections that may wait for acceptance; the system caps it at its own maximum
 *     (somaxconn)
 * @param dualStack whether the wildcard address takes IPv4 and IPv6 on one socket where the system
 *     has both; false: the address's own family only
 * @param socket options of the accepted connections
 */
public record ListenOptions(int backlog, boolean dualStack, SocketOptions socket) {
    private static final ListenOptions DEFAULTS =
            new ListenOptions(1024, true, SocketOptions.defaults());

    /** Checks ranges: a backlog of at least 1. */
    public ListenOptions {
        if (backlog < 1) {
            throw new IllegalArgumentException("backlog: " + backlog + " (expected: >= 1)");
        }
    }

    /** Backlog 1024, dual-stack, default socket options. */
    public static ListenOptions defaults() {
        return DEFAULTS;
    }

    /** These options with another backlog, 1 or more. */
    public ListenOptions withBacklog(int waitingMax) {
        return new ListenOptions(waitingMax, dualStack, socket);
    }

    /** These options with another choice of IPv4 beside IPv6. */
    public ListenOptions withDualStack(boolean on) {
        return new ListenOptions(backlog, on, socket);
    }

    /** These options with other options for accepted connections. */
    public ListenOptions withSocket(SocketOptions options) {
        return new ListenOptions(backlog, dualStack, options);
    }
}

package io.gyrfalcon.eventloop;

/**
 * Options of one listening socket. Immutable. What the system refuses is told once, and the socket
 * serves without it.
 *
 * @param backlog connections that may wait for acceptance; the system caps it at its own maximum
 *     (somaxconn)
 * @param dualStack whether the wildcard address takes IPv4 and IPv6 on one socket where the system
 *     has both; false: the address's own family only
 * @param deferAcceptSeconds how long a connection without a first byte is held back from us
 *     (TCP_DEFER_ACCEPT), 0 = not at all; gRPC clients speak first
 * @param fastOpenMax connections that may bring bytes with their first packet and wait for
 *     acceptance (TCP_FASTOPEN), 0 = none; the system's own switch must allow it too
 * @param incomingCpu of the sockets that share an address, this one takes what arrives on that CPU
 *     (SO_INCOMING_CPU); {@link #ANY_CPU} = no such wish. Where every loop listens for itself and
 *     is pinned to one CPU, that CPU is the default
 * @param socket options of the accepted connections
 */
public record ListenOptions(
        int backlog,
        boolean dualStack,
        int deferAcceptSeconds,
        int fastOpenMax,
        int incomingCpu,
        SocketOptions socket) {
    /** No wish for {@code incomingCpu}. */
    public static final int ANY_CPU = -1;

    private static final ListenOptions DEFAULTS =
            new ListenOptions(1024, true, 0, 0, ANY_CPU, SocketOptions.defaults());

    /** Checks ranges: a backlog of at least 1, {@link #ANY_CPU} or a CPU, all else 0 or more. */
    public ListenOptions {
        atLeast("backlog", backlog, 1);
        atLeast("deferAcceptSeconds", deferAcceptSeconds, 0);
        atLeast("fastOpenMax", fastOpenMax, 0);
        atLeast("incomingCpu", incomingCpu, ANY_CPU);
    }

    private static void atLeast(String name, int value, int min) {
        if (value < min) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + min + ")");
        }
    }

    /** Backlog 1024, dual-stack, default socket options. */
    public static ListenOptions defaults() {
        return DEFAULTS;
    }

    /** These options with another backlog, 1 or more. */
    public ListenOptions withBacklog(int waitingMax) {
        return new ListenOptions(
                waitingMax, dualStack, deferAcceptSeconds, fastOpenMax, incomingCpu, socket);
    }

    /** These options with another choice of IPv4 beside IPv6. */
    public ListenOptions withDualStack(boolean on) {
        return new ListenOptions(backlog, on, deferAcceptSeconds, fastOpenMax, incomingCpu, socket);
    }

    /** These options with another TCP_DEFER_ACCEPT; 0 = not at all. */
    public ListenOptions withDeferAcceptSeconds(int seconds) {
        return new ListenOptions(backlog, dualStack, seconds, fastOpenMax, incomingCpu, socket);
    }

    /** These options with another TCP_FASTOPEN; 0 = none. */
    public ListenOptions withFastOpenMax(int waitingMax) {
        return new ListenOptions(
                backlog, dualStack, deferAcceptSeconds, waitingMax, incomingCpu, socket);
    }

    /** These options with another SO_INCOMING_CPU; {@link #ANY_CPU} = no such wish. */
    public ListenOptions withIncomingCpu(int cpu) {
        return new ListenOptions(backlog, dualStack, deferAcceptSeconds, fastOpenMax, cpu, socket);
    }

    /** These options with other options for accepted connections. */
    public ListenOptions withSocket(SocketOptions options) {
        return new ListenOptions(
                backlog, dualStack, deferAcceptSeconds, fastOpenMax, incomingCpu, options);
    }
}

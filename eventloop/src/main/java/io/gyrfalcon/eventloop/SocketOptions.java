package io.gyrfalcon.eventloop;

/**
 * Options of one connected socket. Immutable. What the system refuses is told once, and the socket
 * serves without it; on NIO, what Java cannot set is told likewise. Unix-domain sockets take the
 * buffer sizes only.
 *
 * @param noDelay small segments leave at once (TCP_NODELAY)
 * @param sendBufferBytes SO_SNDBUF, 0 = the system's own sizing
 * @param receiveBufferBytes SO_RCVBUF, 0 = the system's own sizing
 * @param quickAck what arrives is acknowledged at once (TCP_QUICKACK); the system forgets it with
 *     each answer, so it costs a system call per batch of reads
 * @param userTimeoutMillis how long sent bytes may stay unacknowledged before the connection fails
 *     (TCP_USER_TIMEOUT), 0 = the system's own time
 * @param priority SO_PRIORITY, 0 to 15, 0 = the system's own; above 6 it takes a capability
 * @param busyPollMicros how long a read may poll the network card (SO_BUSY_POLL), 0 = the system's
 *     own; without effect on loopback
 * @param notSentLowatBytes unsent bytes above which a socket is not writable (TCP_NOTSENT_LOWAT), 0
 *     = the system's own
 */
public record SocketOptions(
        boolean noDelay,
        int sendBufferBytes,
        int receiveBufferBytes,
        boolean quickAck,
        int userTimeoutMillis,
        int priority,
        int busyPollMicros,
        int notSentLowatBytes) {
    /** The largest SO_PRIORITY that means something to the system's queues. */
    public static final int PRIORITY_MAX = 15;

    private static final SocketOptions DEFAULTS = new SocketOptions(true, 0, 0, false, 0, 0, 0, 0);

    /** Checks ranges: a priority of 0 to 15, everything else 0 or more. */
    public SocketOptions {
        notNegative("sendBufferBytes", sendBufferBytes);
        notNegative("receiveBufferBytes", receiveBufferBytes);
        notNegative("userTimeoutMillis", userTimeoutMillis);
        notNegative("busyPollMicros", busyPollMicros);
        notNegative("notSentLowatBytes", notSentLowatBytes);
        if (priority < 0 || priority > PRIORITY_MAX) {
            throw new IllegalArgumentException(
                    "priority: " + priority + " (expected: 0.." + PRIORITY_MAX + ")");
        }
    }

    private static void notNegative(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
        }
    }

    /** No delay, everything else as the system has it. */
    public static SocketOptions defaults() {
        return DEFAULTS;
    }

    /** These options with another choice of TCP_NODELAY. */
    public SocketOptions withNoDelay(boolean on) {
        return with(on, sendBufferBytes, receiveBufferBytes, quickAck, userTimeoutMillis);
    }

    /** These options with other buffer sizes; 0 = the system's own sizing. */
    public SocketOptions withBuffers(int sendBytes, int receiveBytes) {
        return with(noDelay, sendBytes, receiveBytes, quickAck, userTimeoutMillis);
    }

    /** These options with another choice of TCP_QUICKACK. */
    public SocketOptions withQuickAck(boolean on) {
        return with(noDelay, sendBufferBytes, receiveBufferBytes, on, userTimeoutMillis);
    }

    /** These options with another TCP_USER_TIMEOUT; 0 = the system's own time. */
    public SocketOptions withUserTimeoutMillis(int millis) {
        return with(noDelay, sendBufferBytes, receiveBufferBytes, quickAck, millis);
    }

    private SocketOptions with(
            boolean delayNone, int sendBytes, int receiveBytes, boolean ack, int timeoutMillis) {
        return new SocketOptions(
                delayNone,
                sendBytes,
                receiveBytes,
                ack,
                timeoutMillis,
                priority,
                busyPollMicros,
                notSentLowatBytes);
    }

    /** These options with another SO_PRIORITY; 0 = the system's own. */
    public SocketOptions withPriority(int level) {
        return with(level, busyPollMicros, notSentLowatBytes);
    }

    /** These options with another SO_BUSY_POLL; 0 = the system's own. */
    public SocketOptions withBusyPollMicros(int micros) {
        return with(priority, micros, notSentLowatBytes);
    }

    /** These options with another TCP_NOTSENT_LOWAT; 0 = the system's own. */
    public SocketOptions withNotSentLowatBytes(int bytes) {
        return with(priority, busyPollMicros, bytes);
    }

    private SocketOptions with(int level, int pollMicros, int lowatBytes) {
        return new SocketOptions(
                noDelay,
                sendBufferBytes,
                receiveBufferBytes,
                quickAck,
                userTimeoutMillis,
                level,
                pollMicros,
                lowatBytes);
    }
}

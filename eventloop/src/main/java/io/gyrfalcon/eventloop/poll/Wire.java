package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.primitives.memory.SlabChain;

import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;

/**
 * One connected or connecting socket, non-blocking. Owned by the loop whose poller it is registered
 * with.
 */
public interface Wire {
    /** What {@link #receive} returns when nothing waits: {@code -EAGAIN}. */
    int NOTHING = -Errno.EAGAIN;

    /**
     * How the connecting went: 0 when it is done, {@link #NOTHING} when it goes on, or a negated
     * {@link Errno}. For a wire of {@link Poller#connect}, until it is done.
     */
    int finishConnect();

    /**
     * Takes up to {@code capacity} bytes into {@code target} from offset 0.
     *
     * @return the number of bytes, 0 at the end of the peer's output, {@link #NOTHING}, or another
     *     negated {@link Errno}
     */
    int receive(MemorySegment target, int capacity);

    /** Whether a {@link #receive} of less than its capacity has emptied the socket for certain. */
    boolean isDrainedByShortRead();

    /**
     * Sends from the head of {@code source} and consumes what was taken. When something is left,
     * {@link Ready#OUTPUT} follows.
     *
     * @return the number of bytes taken, 0 when the socket is full, or a negated {@link Errno}
     */
    long send(SlabChain source);

    /** Ends the output; the peer sees the end after everything that was sent. */
    void shutdownOutput();

    /** The pending error of the socket as a positive {@link Errno}, or 0. Reading it clears it. */
    int error();

    /** Closes the socket and leaves its poller. A second call does nothing. */
    void close();

    /** The CPU on which the last packet of this connection arrived, or -1 where nobody knows. */
    default int incomingCpu() {
        return -1;
    }

    /** This end's address; an empty unix-domain address when the socket no longer has one. */
    SocketAddress localAddress();

    /** The peer's address; an empty unix-domain address when the socket no longer has one. */
    SocketAddress remoteAddress();
}

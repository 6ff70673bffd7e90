package io.gyrfalcon.eventloop.poll;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;

/**
 * One listening socket. {@link #accept} by the loop it is registered with, {@link #close} by any
 * thread.
 */
public interface Port {
    /**
     * The next waiting connection, not yet registered with any poller, or null: {@link #code()}
     * says why.
     */
    @Nullable Wire accept();

    /**
     * Why the last {@link #accept} returned null: a negated {@link Errno}; {@code -EAGAIN} when
     * nobody waits.
     */
    int code();

    /**
     * Turns waiting connections away while descriptors are used up, by means of one that is held in
     * reserve.
     *
     * @return how many were turned away
     */
    int shed();

    /** The address it is bound to, with the real port number. */
    SocketAddress address();

    /** Releases the address before it returns. A second call does nothing. */
    void close();
}

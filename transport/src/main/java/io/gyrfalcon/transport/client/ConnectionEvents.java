package io.gyrfalcon.transport.client;

import org.jspecify.annotations.Nullable;

/**
 * What one connection tells whoever opened it; on the loop of the connection, never from inside
 * {@link ClientConnection#open}.
 */
public interface ConnectionEvents {
    /** The connection stands, handshakes included: it takes calls. At most once. */
    void onReady(ClientConnection connection);

    /** {@link ClientConnection#canOpen}, which was false when it was asked last, is true now. */
    void onOpenable(ClientConnection connection);

    /**
     * A connection that was ready takes no more calls; those that it has may end. At most once, and
     * before a call hears of the reason, so that it can be begun elsewhere.
     *
     * @param why what ended the connection, or {@code null} where it goes in peace
     */
    void onClosing(ClientConnection connection, @Nullable CallStatus why);

    /**
     * The server has sent GOAWAY.
     *
     * @param errorCode of HTTP/2, unsigned 32 bits
     * @param debug what the server says to it
     */
    void onGoAway(ClientConnection connection, long errorCode, String debug);

    /**
     * The connection has ended, and so have its calls. Exactly once, the last.
     *
     * @param status what was to be said to calls that were still open, or to those that wait for
     *     the connection
     */
    void onClosed(ClientConnection connection, CallStatus status);
}

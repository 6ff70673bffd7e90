package io.gyrfalcon.transport.link;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/** What lies above {@link TlsLink}: a connection. Loop-owned. */
public interface Secured {
    /** The handshake has ended: plain bytes may be sent. */
    void onSecured();

    /** Plain bytes have arrived; valid during the call. */
    void onPlain(MemorySegment bytes, long offset, int length);

    /** What arrived while a task ran has been told: the time to flush. */
    void onBatchEnd();

    /**
     * The session has ended; what it says to that has been sent.
     *
     * @param failure what went wrong, or {@code null} after a close_notify
     * @param cause what the engine has thrown, if anything
     */
    void onTlsEnd(@Nullable String failure, @Nullable Exception cause);
}

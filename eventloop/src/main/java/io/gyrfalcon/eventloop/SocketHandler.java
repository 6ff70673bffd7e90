package io.gyrfalcon.eventloop;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * What happens to one connection. Loop-owned: every method is called on the socket's loop, and
 * never from inside a call that the handler makes on its socket. An exception (of any kind) closes
 * this socket only.
 */
public interface SocketHandler {
    /** The connection that {@link LoopSocket#connect} began stands; not told of accepted ones. */
    default void onConnected() {}

    /**
     * Bytes have arrived.
     *
     * @param bytes the loop's own receive buffer: {@code [0, length)} is valid during the call only
     */
    void onReceived(MemorySegment bytes, int length);

    /**
     * What was readable is delivered, or the read quota of this turn is used up: the time to fill
     * {@link LoopSocket#outbox()} and to {@link LoopSocket#flush()}.
     */
    void onBatchEnd();

    /** The peer will send nothing more. Called once; sending is still possible. */
    void onInputEnd();

    /** The outbox is empty again after a time when the socket did not take everything. */
    void onDrained();

    /**
     * Whether the connection may go to another loop now: it is in the middle of nothing, and
     * nothing of it waits to leave. Asked at the end of a turn.
     */
    default boolean isQuiet() {
        return false;
    }

    /**
     * The socket leaves its loop: what the handler has there, timers above all, has to go. {@link
     * #onArrived} follows on another loop, or {@link #onClosed} on any thread where all have ended.
     */
    default void onLeaving() {}

    /** The socket has come to the loop that calls this, with all that the handler holds. */
    default void onArrived() {}

    /**
     * The socket is closed; nothing follows. Called exactly once, whatever ended it: in the turn of
     * the end, after the call that caused it has returned.
     *
     * @param cause what went wrong, or null after {@link LoopSocket#close()} or an orderly end of
     *     both directions
     */
    void onClosed(@Nullable IOException cause);
}

package io.gyrfalcon.transport.server;

import io.gyrfalcon.primitives.memory.Slab;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/** What happens to one call, told on its loop. */
public interface CallEvents {

    /**
     * Nothing more of this call has arrived with the bytes that brought its fields: start it now.
     * Not called for a call whose first message or end came with them.
     */
    void onStart();

    /**
     * A whole message.
     *
     * @param bytes where the message is: valid during this call only, unless it has a home
     * @param compressed the compressed flag of the message's prefix
     * @param home the slab that holds the message: the receiver's from now on; {@code null} where
     *     the message lies in the loop's receive buffer
     * @param last whether the request ends here; {@link #onHalfClose} is not called then
     */
    void onMessage(
            MemorySegment bytes,
            long offset,
            int length,
            boolean compressed,
            @Nullable Slab home,
            boolean last);

    /** The request has ended after whole messages. */
    void onHalfClose();

    /** Whether the call has asked for more messages than it was given. */
    boolean wantsMessages();

    /**
     * Whether the call was given so many messages that it has not asked for that what follows is
     * better kept as it came.
     */
    default boolean isBehind() {
        return false;
    }

    /** The call takes messages again after its queue was full. */
    void onReady();

    /**
     * The last byte of the answer has left flow control. {@link #onClosed} follows, maybe later.
     */
    void onSent();

    /**
     * The request cannot be read further; the call is to be ended with this status.
     *
     * @param code a gRPC status code
     */
    void onBroken(int code, String description);

    /**
     * The stream has ended both ways. Last event of a call; its {@link ServerCall} is used for
     * another one after {@link ServerCall#release}.
     *
     * @param reset whether it was reset or its connection lost before the answer was sent
     */
    void onClosed(boolean reset);
}

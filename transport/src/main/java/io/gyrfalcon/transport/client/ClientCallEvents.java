package io.gyrfalcon.transport.client;

import io.gyrfalcon.primitives.memory.Slab;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/** What happens to one call of a client, told on its loop. */
public interface ClientCallEvents {
    /**
     * The head of the response; not told where the response has no other fields than its trailers.
     *
     * @param head valid during the call
     */
    void onHead(ResponseHead head);

    /**
     * A whole message.
     *
     * @param bytes where the message is: valid during this call only, unless it has a home
     * @param compressed the compressed flag of the message's prefix
     * @param home the slab that holds the message: the receiver's from now on; {@code null} where
     *     the message lies in the loop's receive buffer
     */
    void onMessage(
            MemorySegment bytes, long offset, int length, boolean compressed, @Nullable Slab home);

    /** Whether the call has asked for more messages than it was given. */
    boolean wantsMessages();

    /** The call takes messages again after its queue was full. */
    void onReady();

    /**
     * The call has ended. The last event: its {@link ClientCall} is used for another one from now
     * on.
     *
     * @param trailers names and values in turn, without status and message; {@code null} where the
     *     server has said none
     * @param trailerCount how many of them count
     * @param isUnprocessed whether the server has certainly not processed the call
     */
    void onEnd(
            CallStatus status,
            byte @Nullable [][] trailers,
            int trailerCount,
            boolean isUnprocessed);
}

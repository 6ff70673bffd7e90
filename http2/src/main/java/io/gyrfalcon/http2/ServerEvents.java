package io.gyrfalcon.http2;

import io.gyrfalcon.http2.hpack.Field;

import java.lang.foreign.MemorySegment;

/**
 * What a connection tells its owner. Called on the loop, during {@link ServerSide#receive}, {@link
 * ServerSide#pump}, {@link ServerSide#onTime}, {@link ServerSide#onInputEnd} and {@link
 * ServerSide#abort} only, never from inside a sending method. Sending methods may be called from
 * every event.
 *
 * <p>Per stream: fields, then one of {@code onRequest} and {@code onHeadersTooLarge}, data, perhaps
 * trailers; at any point {@code onReset}; last, exactly once, {@code onClosed}. A malformed block
 * may give fields and then {@code onReset} and {@code onClosed} without {@code onRequest}.
 */
public interface ServerEvents {
    /**
     * One field, as decoded; pseudo-fields first.
     *
     * @param field valid during the call
     * @param trailers whether it belongs to the trailers
     */
    void onField(Stream stream, Field field, boolean trailers);

    /**
     * The fields that were just told may come again in the same form. Comes before {@code
     * onRequest}.
     *
     * @return whether the owner keeps what they said, until it is asked again, so that {@link
     *     #onRepeated} can stand for them
     */
    default boolean onRemember(Stream stream) {
        return false;
    }

    /** Instead of fields: they are those that {@link #onRemember} was last told of. */
    default void onRepeated(Stream stream) {}

    /** The request's head is complete and valid by RFC 9113 §8. */
    void onRequest(Stream stream, boolean endStream);

    /** The request's head is over the limits; the caller answers {@code :status} 431. */
    void onHeadersTooLarge(Stream stream, boolean endStream);

    /** Trailers are complete and valid; they always end the stream. */
    void onTrailers(Stream stream);

    /**
     * A piece of the request's body, padding already removed. A last call with no bytes is
     * possible.
     *
     * @param bytes valid during the call
     */
    void onData(Stream stream, MemorySegment bytes, long offset, int length, boolean endStream);

    /**
     * The stream failed; {@code onClosed} follows. Not called for a reset that the caller asked
     * for.
     *
     * @param errorCode unsigned 32 bits, as on the wire when the peer sent it
     * @param byPeer whether the peer, or the loss of the connection, ended it
     */
    void onReset(Stream stream, long errorCode, boolean byPeer);

    /** {@link Stream#queuedBytes()} fell below the stream's threshold after having reached it. */
    void onSendable(Stream stream);

    /** Our END_STREAM has left flow control. */
    void onSent(Stream stream);

    /** Both directions have ended, or the stream was reset. The last event of a stream. */
    void onClosed(Stream stream);

    /** The connection failed: GOAWAY is in the output. Every open stream has been closed before. */
    void onConnectionError(ErrorCode code, String text);
}

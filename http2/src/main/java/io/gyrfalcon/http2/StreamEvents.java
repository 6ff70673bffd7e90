package io.gyrfalcon.http2;

import io.gyrfalcon.http2.hpack.Field;

import java.lang.foreign.MemorySegment;

/**
 * What a connection tells its owner, whichever side it is. Called on the loop, during {@link
 * Side#receive}, {@link Side#pump}, {@link Side#onTime}, {@link Side#onInputEnd} and {@link
 * Side#abort} only, never from inside a sending method. Sending methods may be called from every
 * event.
 */
public interface StreamEvents {
    /**
     * One field, as decoded; pseudo-fields first.
     *
     * @param field valid during the call
     * @param trailers whether it belongs to the trailers
     */
    void onField(Stream stream, Field field, boolean trailers);

    /** Trailers are complete and valid; they always end the stream. */
    void onTrailers(Stream stream);

    /**
     * A piece of the body, padding already removed. A last call with no bytes is possible.
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

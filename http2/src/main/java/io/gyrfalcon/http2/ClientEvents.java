package io.gyrfalcon.http2;

/**
 * What a client's connection tells its owner, with {@link StreamEvents}.
 *
 * <p>Per stream: fields, then {@code onResponse}, data, perhaps trailers; at any point {@code
 * onReset} or {@code onHeadersTooLarge}; last, exactly once, {@code onClosed}. Interim responses
 * are not told. A malformed block may give fields and then {@code onReset} and {@code onClosed}
 * without {@code onResponse}.
 *
 * <p>A stream that {@code onReset} names with REFUSED_STREAM by the peer was not processed by it:
 * the peer said so of this stream, or its GOAWAY did. Of every other one it may have been.
 */
public interface ClientEvents extends StreamEvents {
    /** The server's SETTINGS have come. The first event of a connection. */
    void onEstablished();

    /** {@link ClientSide#canOpen}, which was false when it was asked last, is true now. */
    void onOpenable();

    /** The head of the final response is complete and valid by RFC 9113 §8. */
    void onResponse(Stream stream, boolean endStream);

    /**
     * Head or trailers are over the limits. The stream is reset, if it has not ended; {@code
     * onClosed} follows.
     */
    void onHeadersTooLarge(Stream stream);

    /**
     * The server has sent GOAWAY: no stream can be opened any more. Those above {@code lastId} are
     * reset with REFUSED_STREAM; the others may end.
     *
     * @param errorCode unsigned 32 bits
     * @param debug what the server says to it, cut where it is long
     */
    void onGoAway(int lastId, long errorCode, String debug);
}

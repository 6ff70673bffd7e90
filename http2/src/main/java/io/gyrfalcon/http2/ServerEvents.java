package io.gyrfalcon.http2;

/**
 * What a server's connection tells its owner, with {@link StreamEvents}.
 *
 * <p>Per stream: fields, then one of {@code onRequest} and {@code onHeadersTooLarge}, data, perhaps
 * trailers; at any point {@code onReset}; last, exactly once, {@code onClosed}. A malformed block
 * may give fields and then {@code onReset} and {@code onClosed} without {@code onRequest}.
 */
public interface ServerEvents extends StreamEvents {
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

    /**
     * The request's head is over the limits; the caller answers {@code :status} 431.
     *
     * @param listBytes of the whole head, decoded, 32 added for each field
     * @param fields of the whole head
     */
    void onHeadersTooLarge(Stream stream, long listBytes, int fields, boolean endStream);
}

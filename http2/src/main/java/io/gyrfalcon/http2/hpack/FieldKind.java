package io.gyrfalcon.http2.hpack;

/** What RFC 9113 §8 makes of a field, by its name and value alone. */
public enum FieldKind {
    /** {@code :method}. */
    METHOD,
    /** {@code :scheme}. */
    SCHEME,
    /** {@code :authority}. */
    AUTHORITY,
    /** {@code :path}. */
    PATH,
    /** {@code :status}. */
    STATUS,
    /** {@code :protocol}, RFC 8441 §4. */
    PROTOCOL,
    /** Any other name that starts with a colon: malformed, RFC 9113 §8.3. */
    UNKNOWN_PSEUDO,
    /** {@code te: trailers}; with any other value it is {@link #CONNECTION_SPECIFIC}. */
    TE,
    /** {@code content-length}; the value is not looked at. */
    CONTENT_LENGTH,
    /** {@code host}. */
    HOST,
    /** {@code cookie}. */
    COOKIE,
    /** A field that HTTP/2 forbids, RFC 9113 §8.2.2. */
    CONNECTION_SPECIFIC,
    /** Anything else that is well formed. */
    REGULAR,
    /** A name or value with characters that RFC 9113 §8.2.1 forbids. */
    MALFORMED
}

package io.gyrfalcon.http2.hpack;

/** What became of a header block. */
public enum HpackOutcome {
    /** Decoded to its end; whether it kept to the limits is the decoder's to say. */
    OK,

    /** Not HPACK, or not in step with our table: RFC 9113 §4.3 ends the connection. */
    COMPRESSION_ERROR
}

package io.gyrfalcon.http2.frame;

/** The kinds of frames: RFC 9113 §6. The ordinal is the number on the wire, but for UNKNOWN. */
public enum FrameType {
    DATA,
    HEADERS,
    PRIORITY,
    RST_STREAM,
    SETTINGS,
    PUSH_PROMISE,
    PING,
    GOAWAY,
    WINDOW_UPDATE,
    CONTINUATION,
    /** Everything else; ignored by RFC 9113 §4.1. */
    UNKNOWN;

    private static final FrameType[] TYPES = values();

    /** The kind with this number, 0 to 255. */
    public static FrameType of(int number) {
        return number < TYPES.length ? TYPES[number] : UNKNOWN;
    }
}

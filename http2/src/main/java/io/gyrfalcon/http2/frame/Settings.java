package io.gyrfalcon.http2.frame;

/** The identifiers of RFC 9113 §6.5.2. */
public final class Settings {
    public static final int HEADER_TABLE_SIZE = 1;
    public static final int ENABLE_PUSH = 2;
    public static final int MAX_CONCURRENT_STREAMS = 3;
    public static final int INITIAL_WINDOW_SIZE = 4;
    public static final int MAX_FRAME_SIZE = 5;
    public static final int MAX_HEADER_LIST_SIZE = 6;

    /** Bytes of one entry: a two-byte identifier and a four-byte value. */
    public static final int ENTRY_BYTES = 6;

    private Settings() {}
}

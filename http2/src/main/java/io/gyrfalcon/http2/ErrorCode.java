package io.gyrfalcon.http2;

/** Why a stream or a connection ended: RFC 9113 §7. The ordinal is the code on the wire. */
public enum ErrorCode {
    NO_ERROR,
    PROTOCOL_ERROR,
    INTERNAL_ERROR,
    FLOW_CONTROL_ERROR,
    SETTINGS_TIMEOUT,
    STREAM_CLOSED,
    FRAME_SIZE_ERROR,
    REFUSED_STREAM,
    CANCEL,
    COMPRESSION_ERROR,
    CONNECT_ERROR,
    ENHANCE_YOUR_CALM,
    INADEQUATE_SECURITY,
    HTTP_1_1_REQUIRED;

    private static final ErrorCode[] CODES = values();

    /** The number on the wire. */
    public int code() {
        return ordinal();
    }

    /** The error with this number; INTERNAL_ERROR for a number RFC 9113 §7 does not define. */
    public static ErrorCode of(long code) {
        return code >= 0 && code < CODES.length ? CODES[(int) code] : INTERNAL_ERROR;
    }
}

package io.gyrfalcon.http2;

/**
 * Debug data of GOAWAY that the other end, or who is told of a lost connection, looks for. gRPC
 * gives the first one a meaning (gRFC A8).
 */
public final class GoAwayReason {
    public static final String TOO_MANY_PINGS = "too_many_pings";
    public static final String KEEPALIVE_TIMEOUT = "keepalive_timeout";
    static final String TOO_MANY_EMPTY_FRAMES = "too_many_empty_frames";

    private GoAwayReason() {}
}

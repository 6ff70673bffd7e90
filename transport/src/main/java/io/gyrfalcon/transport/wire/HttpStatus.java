package io.gyrfalcon.transport.wire;

/** What an HTTP status means where {@code grpc-status} is missing. Any thread. */
public final class HttpStatus {
    private HttpStatus() {}

    /**
     * The code of {@link StatusCode} for an HTTP status.
     *
     * @param httpStatus any number
     */
    public static int toCode(int httpStatus) {
        if (httpStatus >= 100 && httpStatus < 200) return StatusCode.INTERNAL;
        return switch (httpStatus) {
            case 400, 431 -> StatusCode.INTERNAL;
            case 401 -> StatusCode.UNAUTHENTICATED;
            case 403 -> StatusCode.PERMISSION_DENIED;
            case 404 -> StatusCode.UNIMPLEMENTED;
            case 429, 502, 503, 504 -> StatusCode.UNAVAILABLE;
            default -> StatusCode.UNKNOWN;
        };
    }
}

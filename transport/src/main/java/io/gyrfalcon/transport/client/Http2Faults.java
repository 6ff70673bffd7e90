package io.gyrfalcon.transport.client;

import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.transport.wire.StatusCode;

/** What an error of HTTP/2 means to a call, as gRPC's protocol document has it. Any thread. */
final class Http2Faults {
    private Http2Faults() {}

    /**
     * The status for an error code, in the words of grpc-java.
     *
     * @param context what has happened
     * @param number unsigned 32 bits; what is unknown counts as INTERNAL_ERROR
     */
    static CallStatus status(String context, long number) {
        ErrorCode code = ErrorCode.of(number);
        if (Integer.toUnsignedLong(code.code()) != number) {
            String text = context + ". Unrecognized HTTP/2 error code: " + number;
            return CallStatus.of(StatusCode.INTERNAL, text);
        }
        String text = context + ". HTTP/2 error code: " + code.name();
        return switch (code) {
            case NO_ERROR, REFUSED_STREAM -> CallStatus.of(StatusCode.UNAVAILABLE, text);
            case CANCEL -> CallStatus.of(StatusCode.CANCELLED, text);
            case ENHANCE_YOUR_CALM ->
                    CallStatus.of(StatusCode.RESOURCE_EXHAUSTED, text + " (Bandwidth exhausted)");
            case INADEQUATE_SECURITY ->
                    CallStatus.of(
                            StatusCode.PERMISSION_DENIED,
                            text + " (Permission denied as protocol is not secure enough to call)");
            case HTTP_1_1_REQUIRED -> CallStatus.of(StatusCode.UNKNOWN, text);
            case PROTOCOL_ERROR,
                    INTERNAL_ERROR,
                    FLOW_CONTROL_ERROR,
                    SETTINGS_TIMEOUT,
                    STREAM_CLOSED,
                    FRAME_SIZE_ERROR,
                    COMPRESSION_ERROR,
                    CONNECT_ERROR ->
                    CallStatus.of(StatusCode.INTERNAL, text);
        };
    }
}

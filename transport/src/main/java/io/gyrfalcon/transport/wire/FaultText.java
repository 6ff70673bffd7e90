package io.gyrfalcon.transport.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * What a peer is told about its fault, in the words that grpc-java uses, so that whoever searches
 * logs for them finds them. Any thread.
 */
public final class FaultText {
    /** A reserved bit of a message's flags is set. INTERNAL. */
    public static final String RESERVED_FLAG =
            "gRPC frame header malformed: reserved bits not zero";

    /** The compressed flag is set and no encoding was named. INTERNAL. */
    public static final String NOT_CONFIGURED =
            "Can't decode compressed gRPC message as compression not configured";

    /** The stream ended within a message. INTERNAL. */
    public static final String MID_FRAME = "Encountered end-of-stream mid-frame";

    /** {@code :path} is missing. HTTP 404, UNIMPLEMENTED. */
    public static final String NO_PATH = "Expected path but is missing";

    /** {@code content-type} is missing. HTTP 415, INTERNAL. */
    public static final String NO_CONTENT_TYPE = "Content-Type is missing from the request";

    /** More than one {@code host} without {@code :authority}. HTTP 400, INTERNAL. */
    public static final String HOSTS = "Multiple host headers";

    /** The memory of the engine is used up. RESOURCE_EXHAUSTED. */
    public static final String NO_MEMORY = "Memory budget exhausted";

    private FaultText() {}

    /** A response ended without trailers, by DATA of so many bytes. INTERNAL. */
    public static String endOnData(int bytes) {
        return bytes == 0
                ? "Received unexpected EOS on empty DATA frame from server"
                : "Received unexpected EOS on non-empty DATA frame from server";
    }

    /** A message is longer than the limit. RESOURCE_EXHAUSTED. */
    public static String tooLarge(long bytesMax, long foundBytes) {
        return "gRPC message exceeds maximum size "
                .concat(Long.toString(bytesMax))
                .concat(": ")
                .concat(Long.toString(foundBytes));
    }

    /** A message is longer than the limit once decompressed. RESOURCE_EXHAUSTED. */
    public static String tooLargeDecompressed(long bytesMax) {
        return "Decompressed gRPC message exceeds maximum size ".concat(Long.toString(bytesMax));
    }

    /** {@code grpc-encoding} names what nobody can read. UNIMPLEMENTED. */
    public static String noDecompressor(String encoding) {
        return "Can't find decompressor for ".concat(encoding);
    }

    /** No such method. UNIMPLEMENTED. */
    public static String noMethod(String fullMethodName) {
        return "Method not found: ".concat(fullMethodName);
    }

    /** {@code content-type} is not gRPC's. HTTP 415, INTERNAL. */
    public static String badContentType(String contentType) {
        return "Content-Type '".concat(contentType).concat("' is not supported");
    }

    /** {@code :method} is not POST. HTTP 405, INTERNAL. */
    public static String badMethod(String method) {
        return "Method '".concat(method).concat("' is not supported");
    }

    /** A request has too many fields. HTTP 431, RESOURCE_EXHAUSTED. */
    public static String tooManyHeaders(int found, int max) {
        return Integer.toString(found)
                .concat(" header fields (at most ")
                .concat(Integer.toString(max))
                .concat(")");
    }

    /** The fields of a request are larger than the limit. HTTP 431, RESOURCE_EXHAUSTED. */
    public static String headersTooLarge(long foundBytes, long bytesMax) {
        return "Client Headers of size "
                .concat(Long.toString(foundBytes))
                .concat(" exceeded Metadata size soft limit: ")
                .concat(Long.toString(bytesMax));
    }

    /** A value of {@code grpc-timeout} that {@link TimeoutText} refused. HTTP 400, INTERNAL. */
    public static String badTimeout(byte[] value, int offset, int length) {
        if (length == 0) return "empty timeout";
        if (length > 9) return "bad timeout format";
        String text = new String(value, offset, length, ISO_8859_1);
        String digits = text.substring(0, length - 1);
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') return "For input string: \"".concat(digits).concat("\"");
        }
        if (digits.isEmpty()) return "For input string: \"\"";
        return "Invalid timeout unit: ".concat(text.substring(length - 1));
    }
}

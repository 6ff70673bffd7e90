package io.gyrfalcon.traffic.retry;

import java.util.List;
import java.util.Locale;

/**
 * A set of gRPC's status codes. Immutable.
 *
 * @param bits one for each code
 */
public record StatusCodes(int bits) {
    /** The code of success. */
    public static final int OK = 0;

    private static final List<String> NAMES =
            List.of(
                    "OK",
                    "CANCELLED",
                    "UNKNOWN",
                    "INVALID_ARGUMENT",
                    "DEADLINE_EXCEEDED",
                    "NOT_FOUND",
                    "ALREADY_EXISTS",
                    "PERMISSION_DENIED",
                    "RESOURCE_EXHAUSTED",
                    "FAILED_PRECONDITION",
                    "ABORTED",
                    "OUT_OF_RANGE",
                    "UNIMPLEMENTED",
                    "INTERNAL",
                    "UNAVAILABLE",
                    "DATA_LOSS",
                    "UNAUTHENTICATED");

    /** No code. */
    public static final StatusCodes NONE = new StatusCodes(0);

    /** Codes go from 0 to 16. */
    public StatusCodes {
        if (bits >>> NAMES.size() != 0) {
            throw new IllegalArgumentException(
                    "bits: " + bits + " (expected: 0.." + ((1 << NAMES.size()) - 1) + ")");
        }
    }

    /** The code of a name in any case, or -1. */
    public static int codeOf(String name) {
        return NAMES.indexOf(name.toUpperCase(Locale.ROOT));
    }

    /** Whether there is such a code. */
    public static boolean isCode(int code) {
        return code >= 0 && code < NAMES.size();
    }

    /** This set and one code more. */
    public StatusCodes with(int code) {
        assert isCode(code) : code;
        return new StatusCodes(bits | 1 << code);
    }

    /** Whether a code, known or not, is in it. */
    public boolean contains(int code) {
        return isCode(code) && (bits >>> code & 1) != 0;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int code = 0; code < NAMES.size(); code++) {
            if (!contains(code)) continue;
            if (text.length() > 1) text.append(", ");
            text.append(NAMES.get(code));
        }
        return text.append(']').toString();
    }
}

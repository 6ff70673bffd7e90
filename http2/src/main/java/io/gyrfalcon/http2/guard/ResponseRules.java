package io.gyrfalcon.http2.guard;

import io.gyrfalcon.http2.hpack.Field;
import io.gyrfalcon.http2.hpack.FieldKind;
import io.gyrfalcon.primitives.LoopOwned;

/**
 * Whether the fields of one block, taken together, are the head of a response or its trailers: RFC
 * 9113 §8.3.2. Loop-owned; serves one block at a time. What a field's own name and value allow is
 * its kind.
 */
@LoopOwned
public final class ResponseRules {
    private static final int STATUS_DIGITS = 3;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int NOT_MODIFIED = 304;

    private boolean isPastPseudo;
    private boolean isTrailers;
    private int status;
    private long contentLength;

    /** Starts a block. */
    public void begin(boolean trailers) {
        isTrailers = trailers;
        isPastPseudo = trailers;
        status = 0;
        contentLength = -1;
    }

    /** Takes the next field; false when it makes the block malformed. */
    public boolean accept(Field field) {
        FieldKind kind = field.kind();
        return switch (kind) {
            case STATUS -> !isPastPseudo && status == 0 && acceptStatus(field);
            case METHOD, SCHEME, AUTHORITY, PATH, PROTOCOL, UNKNOWN_PSEUDO -> false;
            case CONNECTION_SPECIFIC, MALFORMED -> false;
            case TE, COOKIE, HOST, REGULAR -> {
                isPastPseudo = true;
                yield true;
            }
            case CONTENT_LENGTH -> {
                isPastPseudo = true;
                yield isTrailers || acceptLength(field);
            }
        };
    }

    /** Whether what a block of its kind must have was there. */
    public boolean isComplete() {
        return isTrailers || status != 0;
    }

    /** Whether the status is 1xx: another head follows. RFC 9113 §8.1. */
    public boolean isInterim() {
        return status != 0 && status < 200;
    }

    /** The value of {@code content-length}, or -1; also where no body follows whatever it says. */
    public long contentLength() {
        return status == NOT_MODIFIED ? -1 : contentLength;
    }

    /** RFC 9110 §15: three digits, 100 to 599 and what is not known; RFC 9113 §8.6: not 101. */
    private boolean acceptStatus(Field field) {
        if (field.valueLength() != STATUS_DIGITS) return false;
        byte[] bytes = field.valueBytes();
        int value = 0;
        for (int i = 0; i < STATUS_DIGITS; i++) {
            int digit = bytes[field.valueOffset() + i] - '0';
            if (digit < 0 || digit > 9) return false;
            value = value * 10 + digit;
        }
        status = value;
        return value >= 100 && value != SWITCHING_PROTOCOLS;
    }

    private boolean acceptLength(Field field) {
        long value = ContentLength.parse(field);
        if (value < 0 || (contentLength >= 0 && contentLength != value)) return false;
        contentLength = value;
        return true;
    }
}

package io.gyrfalcon.http2.guard;

import io.gyrfalcon.http2.hpack.Field;
import io.gyrfalcon.http2.hpack.FieldKind;
import io.gyrfalcon.primitives.LoopOwned;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Whether the fields of one block, taken together, are a request or its trailers: RFC 9113 §8.3.
 * Loop-owned; serves one block at a time. What a field's own name and value allow is its kind.
 */
@LoopOwned
public final class RequestRules {
    private static final byte[] CONNECT = "CONNECT".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OPTIONS = "OPTIONS".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NONE = {};

    private static final int METHOD = 1;
    private static final int SCHEME = 2;
    private static final int AUTHORITY = 4;
    private static final int PATH = 8;
    private static final int REQUIRED = METHOD | SCHEME | PATH;

    private boolean isTrailers;
    private boolean isPastPseudo;
    private boolean isConnect;
    private boolean isOptions;
    private boolean isStar;
    private int seen;
    private long contentLength;
    private byte[] authority = NONE;
    private int authorityBytes;

    /** Starts a block. */
    public void begin(boolean trailers) {
        isTrailers = trailers;
        isPastPseudo = trailers;
        isConnect = false;
        isOptions = false;
        isStar = false;
        seen = 0;
        contentLength = -1;
    }

    /** Takes the next field; false when it makes the block malformed. */
    public boolean accept(Field field) {
        FieldKind kind = field.kind();
        if (kind == FieldKind.REGULAR) {
            isPastPseudo = true;
            return true;
        }
        return acceptSpecial(field, kind);
    }

    private boolean acceptSpecial(Field field, FieldKind kind) {
        return switch (kind) {
            case METHOD -> first(METHOD) && acceptMethod(field);
            case SCHEME -> first(SCHEME);
            case AUTHORITY -> first(AUTHORITY) && acceptAuthority(field);
            case PATH -> first(PATH) && acceptPath(field);
            case STATUS, PROTOCOL, UNKNOWN_PSEUDO, CONNECTION_SPECIFIC, MALFORMED -> false;
            case TE, COOKIE, REGULAR -> {
                isPastPseudo = true;
                yield true;
            }
            case CONTENT_LENGTH -> {
                isPastPseudo = true;
                yield isTrailers || acceptLength(field);
            }
            case HOST -> {
                isPastPseudo = true;
                yield (seen & AUTHORITY) == 0 || isAuthority(field);
            }
        };
    }

    /**
     * Whether what a request must have was there: RFC 9113 §8.3.1, and RFC 9113 §8.5 for CONNECT.
     */
    public boolean isComplete() {
        if (isTrailers) return true;
        if (isConnect) return seen == (METHOD | AUTHORITY);
        return (seen & REQUIRED) == REQUIRED && (!isStar || isOptions);
    }

    /** The value of {@code content-length}, or -1. */
    public long contentLength() {
        return contentLength;
    }

    private boolean first(int pseudo) {
        if (isPastPseudo || (seen & pseudo) != 0) return false;
        seen |= pseudo;
        return true;
    }

    private boolean acceptMethod(Field field) {
        if (field.valueLength() == CONNECT.length) {
            isConnect = field.valueIs(CONNECT);
            isOptions = field.valueIs(OPTIONS);
        }
        return field.valueLength() > 0;
    }

    private boolean acceptPath(Field field) {
        if (field.valueLength() == 0) return false;
        byte b = field.valueBytes()[field.valueOffset()];
        if (b == '/') return true;
        isStar = b == '*' && field.valueLength() == 1;
        return isStar;
    }

    private boolean acceptAuthority(Field field) {
        int n = field.valueLength();
        if (authority.length < n) authority = new byte[Math.max(64, n)];
        System.arraycopy(field.valueBytes(), field.valueOffset(), authority, 0, n);
        authorityBytes = n;
        return true;
    }

    /** RFC 9113 §8.3.1: {@code host} and {@code :authority} may not differ. */
    private boolean isAuthority(Field field) {
        int at = field.valueOffset();
        int n = field.valueLength();
        return Arrays.equals(authority, 0, authorityBytes, field.valueBytes(), at, at + n);
    }

    private boolean acceptLength(Field field) {
        long value = ContentLength.parse(field);
        if (value < 0 || (contentLength >= 0 && contentLength != value)) return false;
        contentLength = value;
        return true;
    }
}

package io.gyrfalcon.http2.hpack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a field is and whether its characters are allowed. Stateless; any thread. */
final class HeaderRules {
    private static final byte[] METHOD = ascii(":method");
    private static final byte[] SCHEME = ascii(":scheme");
    private static final byte[] AUTHORITY = ascii(":authority");
    private static final byte[] PATH = ascii(":path");
    private static final byte[] STATUS = ascii(":status");
    private static final byte[] PROTOCOL = ascii(":protocol");
    private static final byte[] TE = ascii("te");
    private static final byte[] TRAILERS = ascii("trailers");
    private static final byte[] HOST = ascii("host");
    private static final byte[] COOKIE = ascii("cookie");
    private static final byte[] UPGRADE = ascii("upgrade");
    private static final byte[] CONNECTION = ascii("connection");
    private static final byte[] KEEP_ALIVE = ascii("keep-alive");
    private static final byte[] CONTENT_LENGTH = ascii("content-length");
    private static final byte[] PROXY_CONNECTION = ascii("proxy-connection");
    private static final byte[] TRANSFER_ENCODING = ascii("transfer-encoding");

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long SPACES = 0x2020202020202020L;
    private static final long SIGNS = 0x8080808080808080L;

    private HeaderRules() {}

    /** The kind of the field whose name starts at {@code offset}, its value right behind it. */
    static FieldKind kindOf(byte[] bytes, int offset, int nameLength, int valueLength) {
        final int valueOffset = offset + nameLength;
        if (!isValueAllowed(bytes, valueOffset, valueLength)) return FieldKind.MALFORMED;
        final boolean isPadded = isPadded(bytes, valueOffset, valueLength);
        if (nameLength > 0 && bytes[offset] == ':') {
            return isPadded ? FieldKind.MALFORMED : pseudo(bytes, offset, nameLength);
        }
        if (!isNameAllowed(bytes, offset, nameLength)) return FieldKind.MALFORMED;
        final FieldKind kind = regular(bytes, offset, nameLength, valueOffset, valueLength);
        return isPadded && kind != FieldKind.REGULAR ? FieldKind.MALFORMED : kind;
    }

    /** The kind of a field that shares its name with one that is of kind {@code named}. */
    static FieldKind kindOf(
            FieldKind named, byte[] bytes, int offset, int nameLength, int valueLength) {
        if (named == FieldKind.TE
                || named == FieldKind.CONNECTION_SPECIFIC
                || named == FieldKind.MALFORMED) {
            return kindOf(bytes, offset, nameLength, valueLength);
        }
        final int valueOffset = offset + nameLength;
        if (!isValueAllowed(bytes, valueOffset, valueLength)) return FieldKind.MALFORMED;
        final boolean isKept =
                named == FieldKind.REGULAR || !isPadded(bytes, valueOffset, valueLength);
        return isKept ? named : FieldKind.MALFORMED;
    }

    /**
     * Whether a blank begins or ends a value. RFC 9113 §8.2.1 forbids it; but gRPC's messages may
     * have one there, which peers send as it is, and metadata too: regular fields keep it.
     */
    private static boolean isPadded(byte[] bytes, int offset, int length) {
        return length != 0 && (isBlank(bytes[offset]) || isBlank(bytes[offset + length - 1]));
    }

    /** RFC 9113 §8.2.1: no NUL, CR or LF anywhere. */
    static boolean isValueAllowed(byte[] bytes, int offset, int length) {
        final int end = offset + length;
        int at = offset;
        long below = 0;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            final long eight = (long) LONGS.get(bytes, at);
            below |= eight | (eight - SPACES);
        }
        for (; at < end; at++) below |= bytes[at] - 0x20;
        return (below & SIGNS) == 0 || isValueAllowedSlow(bytes, offset, end);
    }

    private static boolean isValueAllowedSlow(byte[] bytes, int offset, int end) {
        for (int i = offset; i < end; i++) {
            final byte b = bytes[i];
            if (b == 0 || b == '\r' || b == '\n') return false;
        }
        return true;
    }

    /** RFC 9113 §8.2.1: nothing up to space, no upper case, no colon, nothing from DEL on. */
    static boolean isNameAllowed(byte[] bytes, int offset, int length) {
        if (length == 0) return false;
        final int end = offset + length;
        for (int i = offset; i < end; i++) {
            final byte b = bytes[i];
            if (b <= 0x20 || b == 0x7f || b == ':' || (b >= 'A' && b <= 'Z')) return false;
        }
        return true;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    private static FieldKind pseudo(byte[] bytes, int offset, int length) {
        if (is(PATH, bytes, offset, length)) return FieldKind.PATH;
        if (is(METHOD, bytes, offset, length)) return FieldKind.METHOD;
        if (is(SCHEME, bytes, offset, length)) return FieldKind.SCHEME;
        if (is(STATUS, bytes, offset, length)) return FieldKind.STATUS;
        if (is(AUTHORITY, bytes, offset, length)) return FieldKind.AUTHORITY;
        if (is(PROTOCOL, bytes, offset, length)) return FieldKind.PROTOCOL;
        if (!isNameAllowed(bytes, offset + 1, length - 1)) return FieldKind.MALFORMED;
        return FieldKind.UNKNOWN_PSEUDO;
    }

    private static FieldKind regular(
            byte[] bytes, int offset, int length, int valueOffset, int valueLength) {
        return switch (length) {
            case 2 -> te(bytes, offset, valueOffset, valueLength);
            case 4 -> named(HOST, FieldKind.HOST, bytes, offset);
            case 6 -> named(COOKIE, FieldKind.COOKIE, bytes, offset);
            case 7 -> named(UPGRADE, FieldKind.CONNECTION_SPECIFIC, bytes, offset);
            case 10 ->
                    bytes[offset] == 'k'
                            ? named(KEEP_ALIVE, FieldKind.CONNECTION_SPECIFIC, bytes, offset)
                            : named(CONNECTION, FieldKind.CONNECTION_SPECIFIC, bytes, offset);
            case 14 -> named(CONTENT_LENGTH, FieldKind.CONTENT_LENGTH, bytes, offset);
            case 16 -> named(PROXY_CONNECTION, FieldKind.CONNECTION_SPECIFIC, bytes, offset);
            case 17 -> named(TRANSFER_ENCODING, FieldKind.CONNECTION_SPECIFIC, bytes, offset);
            default -> FieldKind.REGULAR;
        };
    }

    private static FieldKind te(byte[] bytes, int offset, int valueOffset, int valueLength) {
        if (!is(TE, bytes, offset, TE.length)) return FieldKind.REGULAR;
        return isTrailers(bytes, valueOffset, valueLength)
                ? FieldKind.TE
                : FieldKind.CONNECTION_SPECIFIC;
    }

    /** Case does not matter in the word: RFC 9110 §10.1.4. */
    private static boolean isTrailers(byte[] bytes, int offset, int length) {
        if (length != TRAILERS.length) return false;
        for (int i = 0; i < length; i++) {
            if ((bytes[offset + i] | 0x20) != TRAILERS[i]) return false;
        }
        return true;
    }

    /** {@code kind} when the name at {@code offset}, as long as {@code name}, is that name. */
    private static FieldKind named(byte[] name, FieldKind kind, byte[] bytes, int offset) {
        return is(name, bytes, offset, name.length) ? kind : FieldKind.REGULAR;
    }

    private static boolean is(byte[] ascii, byte[] bytes, int offset, int length) {
        return length == ascii.length
                && Arrays.equals(bytes, offset, offset + length, ascii, 0, length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

package io.gyrfalcon.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The outside of a TLS record: RFC 8446 §5.1. Any thread.
 *
 * <pre>
 *  0        1                 3                 5
 *  +--------+-----------------+-----------------+---------- - -
 *  | type   | version (3, 1+) | length, 16 bit  | fragment
 *  +--------+-----------------+-----------------+---------- - -
 * </pre>
 */
final class Records {
    static final int HEADER_BYTES = 5;

    /** Longest record that is taken. TLS 1.2 allows 2,048 bytes more than the plain text has. */
    static final int RECORD_BYTES_MAX = HEADER_BYTES + (16 << 10) + 2048;

    static final int ALERT = 21;
    static final int HANDSHAKE = 22;

    static final int ALERT_UNEXPECTED_MESSAGE = 10;
    static final int ALERT_RECORD_OVERFLOW = 22;
    static final int ALERT_DECODE_ERROR = 50;
    static final int ALERT_NO_APPLICATION_PROTOCOL = 120;

    private static final int TYPE_OFFSET = 0;
    private static final int VERSION_OFFSET = 1;
    private static final int LENGTH_OFFSET = 3;
    private static final int TYPE_MIN = 20;
    private static final int TYPE_MAX = 24;
    private static final int VERSION_MAJOR = 3;
    private static final int FATAL = 2;
    private static final String[] HTTP_1_STARTS = {
        "GET ", "HEAD", "POST", "PUT ", "DELE", "CONN", "OPTI", "TRAC", "PATC"
    };

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Records() {}

    static int type(MemorySegment header, long offset) {
        return header.get(BYTE, offset + TYPE_OFFSET);
    }

    /** Length of the whole record, header included. */
    static int recordBytes(MemorySegment header, long offset) {
        return HEADER_BYTES + Short.toUnsignedInt(header.get(SHORT, offset + LENGTH_OFFSET));
    }

    /** Whether the header has a known type and version. */
    static boolean isTls(MemorySegment header, long offset) {
        int type = type(header, offset);
        return type >= TYPE_MIN
                && type <= TYPE_MAX
                && header.get(BYTE, offset + VERSION_OFFSET) == VERSION_MAJOR;
    }

    /** Whether it begins as text does, which no record does. */
    static boolean isText(MemorySegment header, long offset) {
        int first = type(header, offset);
        return first >= ' ' && first <= '~';
    }

    /** A fatal alert in plain text, for a peer with which no keys are agreed yet. */
    static byte[] fatalAlert(int code) {
        return new byte[] {ALERT, VERSION_MAJOR, 3, 0, 2, FATAL, (byte) code};
    }

    /** What a peer sent instead of a TLS record, from its first {@link #HEADER_BYTES} bytes. */
    static String describe(MemorySegment header, long offset) {
        byte[] start = new byte[HEADER_BYTES];
        MemorySegment.copy(header, BYTE, offset, start, 0, HEADER_BYTES);
        String text = new String(start, ISO_8859_1);
        if (text.startsWith("PRI *")) {
            return "found a plain-text HTTP/2 preface (expected: a TLS record)";
        }
        for (String method : HTTP_1_STARTS) {
            if (text.startsWith(method)) {
                return "found a plain-text HTTP/1 request (expected: a TLS record)";
            }
        }
        return "found bytes " + HexFormat.of().formatHex(start) + " (expected: a TLS record)";
    }
}

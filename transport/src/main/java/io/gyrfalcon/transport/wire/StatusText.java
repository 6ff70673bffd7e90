package io.gyrfalcon.transport.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * How {@code grpc-status} and {@code grpc-message} are written. Any thread.
 *
 * <p>A message is UTF-8 whose bytes outside {@code 0x20..0x7E}, and {@code %}, are percent-encoded;
 * and blanks at its ends, since RFC 9113 §8.2.1 lets a peer refuse a field that has them there.
 */
public final class StatusText {
    private static final byte[][] CODES = codes();
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(ISO_8859_1);

    private StatusText() {}

    /**
     * The value of {@code grpc-status}. Shared: do not write to it.
     *
     * @param code 0..16, see {@link StatusCode}
     */
    public static byte[] code(int code) {
        return CODES[code];
    }

    /** The value of {@code grpc-message} for a text. */
    public static byte[] encode(String text) {
        byte[] plain = text.getBytes(UTF_8);
        int escapes = 0;
        for (int i = 0; i < plain.length; i++) {
            if (isEscaped(plain, i)) escapes++;
        }
        return escapes == 0 ? plain : escaped(plain, escapes);
    }

    /** The text of a {@code grpc-message}. A {@code %} without two hexadecimal digits stays. */
    public static String decode(byte[] value, int offset, int length) {
        final int end = offset + length;
        for (int i = offset; i < end; i++) {
            if (value[i] == '%') return unescaped(value, offset, end);
        }
        return new String(value, offset, length, UTF_8);
    }

    private static boolean isEscaped(byte[] plain, int i) {
        byte b = plain[i];
        boolean isAtEnd = i == 0 || i == plain.length - 1;
        return b < ' ' || b > '~' || b == '%' || (b == ' ' && isAtEnd);
    }

    private static byte[] escaped(byte[] plain, int escapes) {
        byte[] out = new byte[plain.length + 2 * escapes];
        int at = 0;
        for (int i = 0; i < plain.length; i++) {
            byte b = plain[i];
            if (isEscaped(plain, i)) {
                out[at++] = '%';
                out[at++] = HEX[(b >> 4) & 0xF];
                out[at++] = HEX[b & 0xF];
            } else {
                out[at++] = b;
            }
        }
        return out;
    }

    private static String unescaped(byte[] value, int offset, int end) {
        byte[] out = new byte[end - offset];
        int count = 0;
        for (int i = offset; i < end; i++) {
            int octet = value[i] == '%' && i + 2 < end ? octet(value[i + 1], value[i + 2]) : -1;
            if (octet >= 0) i += 2;
            out[count++] = octet >= 0 ? (byte) octet : value[i];
        }
        return new String(out, 0, count, UTF_8);
    }

    /** Two hexadecimal digits as a number, or a negative one where they are none. */
    private static int octet(byte high, byte low) {
        int h = Character.digit(high, 16);
        int l = Character.digit(low, 16);
        return h < 0 || l < 0 ? -1 : (h << 4) | l;
    }

    private static byte[][] codes() {
        byte[][] codes = new byte[StatusCode.UNAUTHENTICATED + 1][];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = Integer.toString(i).getBytes(ISO_8859_1);
        }
        return codes;
    }
}

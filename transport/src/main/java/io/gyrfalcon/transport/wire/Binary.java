package io.gyrfalcon.transport.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * The values of fields whose names end in {@code -bin}: base64, one or several joined by commas.
 * Any thread.
 *
 * <p>What we write has no padding; what we read may have it.
 */
public final class Binary {
    /** What {@link #decode} answers to a value that is no base64. */
    public static final int BAD = -1;

    private static final byte[] DIGITS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(ISO_8859_1);
    private static final byte[] SEXTETS = sextets();

    private Binary() {}

    /** Whether the values of a field of this name are binary. */
    public static boolean isBinaryName(byte[] name, int offset, int length) {
        final int at = offset + length - 4;
        return length > 4
                && name[at] == '-'
                && name[at + 1] == 'b'
                && name[at + 2] == 'i'
                && name[at + 3] == 'n';
    }

    /** Length of the base64 of so many bytes. */
    public static int encodedBytes(int plainBytes) {
        return (int) ((plainBytes * 4L + 2) / 3);
    }

    /** The base64 of a value, without padding. */
    public static byte[] encode(byte[] plain) {
        byte[] out = new byte[encodedBytes(plain.length)];
        int at = 0;
        int bits = 0;
        int bitCount = 0;
        for (byte b : plain) {
            bits = (bits << 8) | (b & 0xFF);
            bitCount += 8;
            while (bitCount >= 6) {
                bitCount -= 6;
                out[at++] = DIGITS[(bits >> bitCount) & 0x3F];
            }
        }
        if (bitCount > 0) out[at] = DIGITS[(bits << (6 - bitCount)) & 0x3F];
        return out;
    }

    /** Where the value that begins at {@code from} ends: the next comma, or {@code to}. */
    public static int valueEnd(byte[] field, int from, int to) {
        int at = from;
        while (at < to && field[at] != ',') at++;
        return at;
    }

    /** How many values a field joins: one more than its commas. */
    public static int valueCount(byte[] field, int from, int to) {
        int count = 1;
        for (int i = from; i < to; i++) {
            if (field[i] == ',') count++;
        }
        return count;
    }

    /** Room that {@link #decode} needs at most for so many base64 characters. */
    public static int decodedBytesMax(int encodedBytes) {
        return (int) (encodedBytes * 3L / 4);
    }

    /**
     * Decodes one value, without commas.
     *
     * @param out has {@link #decodedBytesMax} bytes of room from {@code outOffset} on
     * @return how many bytes were written, or {@link #BAD}
     */
    public static int decode(byte[] value, int offset, int length, byte[] out, int outOffset) {
        int end = offset + length;
        while (end > offset && value[end - 1] == '=' && offset + length - end < 2) end--;
        if ((end - offset) % 4 == 1) return BAD;
        int at = outOffset;
        int bits = 0;
        int bitCount = 0;
        for (int i = offset; i < end; i++) {
            int sextet = SEXTETS[value[i] & 0xFF];
            if (sextet < 0) return BAD;
            bits = (bits << 6) | sextet;
            bitCount += 6;
            if (bitCount < 8) continue;
            bitCount -= 8;
            out[at++] = (byte) (bits >> bitCount);
        }
        return at - outOffset;
    }

    private static byte[] sextets() {
        byte[] sextets = new byte[256];
        for (int i = 0; i < sextets.length; i++) sextets[i] = BAD;
        for (int i = 0; i < DIGITS.length; i++) sextets[DIGITS[i]] = (byte) i;
        return sextets;
    }
}

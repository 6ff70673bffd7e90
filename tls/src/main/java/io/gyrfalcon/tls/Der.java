package io.gyrfalcon.tls;

import java.io.ByteArrayOutputStream;

/**
 * As much of DER (X.690) as private keys need: a cursor over elements, and a writer. Owned by one
 * call.
 */
final class Der {
    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int SEQUENCE = 0x30;
    static final int PARAMETERS = 0xA0;

    private final byte[] bytes;
    private final int end;
    private int at;

    Der(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private Der(byte[] bytes, int at, int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    /** The tag of the next element, or -1 at the end. */
    int tag() {
        return at < end ? bytes[at] & 0xFF : -1;
    }

    /** Enters the next element, which has to have this tag. */
    Der enter(int tag) {
        if (tag() != tag) {
            throw new IllegalArgumentException("DER tag " + tag() + " (expected: " + tag + ")");
        }
        int length = length();
        Der inner = new Der(bytes, at, at + length);
        at += length;
        return inner;
    }

    /** Skips the next element, whatever it is. */
    Der skip() {
        int length = length();
        at += length;
        return this;
    }

    /** The rest of this element. */
    byte[] rest() {
        byte[] rest = new byte[end - at];
        System.arraycopy(bytes, at, rest, 0, rest.length);
        return rest;
    }

    private int length() {
        int first = at + 1 < end ? bytes[at + 1] & 0xFF : 0xFF;
        at += 2;
        int length = first;
        if (first > 0x80 && first <= 0x83) {
            length = 0;
            for (int i = 0; i < first - 0x80 && at < end; i++) {
                length = (length << 8) | (bytes[at++] & 0xFF);
            }
        }
        boolean isLegal = first < 0x80 || (first > 0x80 && first <= 0x83);
        if (isLegal && length <= end - at) return length;
        throw new IllegalArgumentException("DER length beyond the end of the data");
    }

    /** One element around the given parts. */
    static byte[] element(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) length += part.length;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            out.write(0x83);
            out.write(length >> 16);
            out.write(length >> 8);
            out.write(length);
        }
        for (byte[] part : parts) out.writeBytes(part);
        return out.toByteArray();
    }
}

package io.gyrfalcon.http2.guard;

import io.gyrfalcon.http2.hpack.Field;

/** The value of {@code content-length}: RFC 9110 §8.6. Stateless. */
final class ContentLength {
    private static final long MAX = Long.MAX_VALUE / 10 - 1;

    private ContentLength() {}

    /** The number, or -1 where it is none. */
    static long parse(Field field) {
        byte[] bytes = field.valueBytes();
        int end = field.valueOffset() + field.valueLength();
        if (field.valueLength() == 0) return -1;
        long value = 0;
        for (int i = field.valueOffset(); i < end; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9 || value > MAX) return -1;
            value = value * 10 + digit;
        }
        return value;
    }
}

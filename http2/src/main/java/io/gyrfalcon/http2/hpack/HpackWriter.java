package io.gyrfalcon.http2.hpack;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The representations of RFC 7541 §5 and RFC 7541 §6, written to native memory. Stateless; any
 * thread.
 */
final class HpackWriter {
    /** RFC 7541 §6.1. */
    static final int INDEXED = 0x80;

    /** RFC 7541 §6.2.1. */
    static final int INCREMENTAL = 0x40;

    /** RFC 7541 §6.3. */
    static final int SIZE_UPDATE = 0x20;

    /** RFC 7541 §6.2.3. */
    static final int NEVER_INDEXED = 0x10;

    /** RFC 7541 §6.2.2. */
    static final int NOT_INDEXED = 0;

    /** The most bytes that an integer takes. */
    static final int INTEGER_BYTES_MAX = 6;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private HpackWriter() {}

    /** The most bytes that a literal with these lengths takes. */
    static int literalBytesMax(int nameLength, int valueLength) {
        return INTEGER_BYTES_MAX * 3 + nameLength + valueLength;
    }

    /** RFC 7541 §5.1; returns where it ends. */
    static long integer(int pattern, int prefixBits, int value, MemorySegment out, long at) {
        final int mask = (1 << prefixBits) - 1;
        if (value < mask) {
            out.set(BYTE, at, (byte) (pattern | value));
            return at + 1;
        }
        out.set(BYTE, at, (byte) (pattern | mask));
        long write = at + 1;
        int rest = value - mask;
        while (rest >= 0x80) {
            out.set(BYTE, write++, (byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.set(BYTE, write++, (byte) rest);
        return write;
    }

    /** RFC 7541 §5.2, by Huffman code only if that is shorter; returns where it ends. */
    static long string(byte[] text, boolean huffman, MemorySegment out, long at) {
        final int length = text.length;
        if (huffman) {
            final int encoded = Huffman.encodedBytes(text, 0, length);
            if (encoded < length) {
                final long from = integer(0x80, 7, encoded, out, at);
                return Huffman.encode(text, 0, length, out, from);
            }
        }
        final long from = integer(0, 7, length, out, at);
        MemorySegment.copy(text, 0, out, BYTE, from, length);
        return from + length;
    }

    /** RFC 7541 §6.2; the name by the static table's index if it is there; returns the end. */
    static long literal(
            int pattern, byte[] name, byte[] value, boolean huffman, MemorySegment out, long at) {
        final int prefixBits = pattern == INCREMENTAL ? 6 : 4;
        final int index = StaticTable.nameIndex(name, 0, name.length);
        long write = integer(pattern, prefixBits, index, out, at);
        if (index == 0) write = string(name, huffman, out, write);
        return string(value, huffman, out, write);
    }
}

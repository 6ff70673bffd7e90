package io.gyrfalcon.http2.hpack;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** A field of a {@link FieldBlock} in every form that a peer's table may ask for. Immutable. */
final class BlockField {
    final byte[] name;
    final byte[] value;

    /** Where the static table has the whole field, or 0. */
    final int staticIndex;

    /** The literal that enters the field into the peer's table. */
    final byte[] entering;

    /** The literal that leaves the peer's table as it is. */
    final byte[] plain;

    BlockField(byte[] name, byte[] value, boolean huffman) {
        this.name = name;
        this.value = value;
        this.staticIndex = StaticTable.fieldIndex(name, value);
        this.entering = literal(HpackWriter.INCREMENTAL, name, value, huffman);
        this.plain = literal(HpackWriter.NOT_INDEXED, name, value, huffman);
    }

    private static byte[] literal(int pattern, byte[] name, byte[] value, boolean huffman) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment out =
                    arena.allocate(HpackWriter.literalBytesMax(name.length, value.length));
            final long end = HpackWriter.literal(pattern, name, value, huffman, out, 0);
            return out.asSlice(0, end).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** Bytes that the field takes in a table: RFC 7541 §4.1. */
    int tableBytes() {
        return name.length + value.length + Field.OVERHEAD_BYTES;
    }

    /** The most bytes that any form takes, Huffman code or not. */
    int bytesMax() {
        return HpackWriter.literalBytesMax(name.length, value.length);
    }

    boolean isSameAs(BlockField other) {
        return this == other
                || (Arrays.equals(name, other.name) && Arrays.equals(value, other.value));
    }
}

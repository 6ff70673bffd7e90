package io.gyrfalcon.http2.hpack;

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

    /** Writes its forms by way of {@code room}, which holds the longest of them. */
    BlockField(byte[] name, byte[] value, boolean huffman, MemorySegment room) {
        this.name = name;
        this.value = value;
        this.staticIndex = StaticTable.fieldIndex(name, value);
        this.entering = literal(HpackWriter.INCREMENTAL, huffman, room);
        this.plain = literal(HpackWriter.NOT_INDEXED, huffman, room);
    }

    private byte[] literal(int pattern, boolean huffman, MemorySegment room) {
        final long end = HpackWriter.literal(pattern, name, value, huffman, room, 0);
        final byte[] literal = new byte[(int) end];
        MemorySegment.copy(room, ValueLayout.JAVA_BYTE, 0, literal, 0, literal.length);
        return literal;
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

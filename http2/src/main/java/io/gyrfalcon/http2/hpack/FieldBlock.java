package io.gyrfalcon.http2.hpack;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * A list of fields built once and sent often, such as the head of a response. Immutable; any thread
 * and any number of connections.
 *
 * <p>Each connection enters the fields into its peer's table when it sends them first, so a block
 * is for what repeats: what changes from call to call is for {@link HpackEncoder#encodeLiteral}.
 */
public final class FieldBlock {
    private final BlockField[] fields;
    private final int bytesMax;

    private FieldBlock(BlockField[] fields) {
        this.fields = fields;
        int sum = HpackEncoder.PREFIX_BYTES_MAX;
        for (BlockField field : fields) sum += field.bytesMax();
        this.bytesMax = Math.max(sum, HpackEncoder.PACKED_BYTES);
    }

    /**
     * A block of these fields, in this order: name, value, name, value.
     *
     * @throws IllegalArgumentException if a value is missing
     */
    public static FieldBlock of(String... namesAndValues) {
        final byte[][] bytes = new byte[namesAndValues.length][];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = namesAndValues[i].getBytes(StandardCharsets.ISO_8859_1);
        }
        return of(bytes);
    }

    /** The same for names and values that are bytes already; they must not change any more. */
    public static FieldBlock of(byte[]... namesAndValues) {
        return of(HpackFlags.HUFFMAN.isOn(), namesAndValues);
    }

    static FieldBlock of(boolean huffman, byte[]... namesAndValues) {
        final int length = namesAndValues.length;
        if ((length & 1) != 0) {
            throw new IllegalArgumentException(
                    "namesAndValues: " + length + " (expected: an even number)");
        }
        final MemorySegment room = room(namesAndValues);
        final BlockField[] fields = new BlockField[length / 2];
        for (int i = 0; i < fields.length; i++) {
            final byte[] name = namesAndValues[2 * i];
            final byte[] value = namesAndValues[2 * i + 1];
            fields[i] = new BlockField(name, value, huffman, room);
        }
        return new FieldBlock(fields);
    }

    private static MemorySegment room(byte[][] namesAndValues) {
        int bytes = 0;
        for (int i = 0; i < namesAndValues.length; i += 2) {
            final int nameLength = namesAndValues[i].length;
            final int valueLength = namesAndValues[i + 1].length;
            bytes = Math.max(bytes, HpackWriter.literalBytesMax(nameLength, valueLength));
        }
        return Arena.ofAuto().allocate(bytes);
    }

    /** How many fields there are. */
    int length() {
        return fields.length;
    }

    BlockField field(int index) {
        return fields[index];
    }

    /** The most bytes that the block takes, size updates included. */
    int bytesMax() {
        return bytesMax;
    }
}

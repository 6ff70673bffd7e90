package io.gyrfalcon.http2.hpack;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Encodes the header blocks of one connection, RFC 7541. Loop-owned.
 *
 * <p>A block is one {@link #encode} and any number of {@link #encodeLiteral} right behind it.
 * Blocks must reach the peer in the order in which they were encoded.
 */
/*
 * The fields of FieldBlocks are entered into the peer's table as long as there is room; nothing is
 * entered that would evict. So the table is a list that grows to a few entries and then stands, and
 * the n-th entry has the index 61 + (entries - n) for ever after. `known` remembers what a block
 * then is: its index bytes, up to seven of them in one long, and their number in its last byte.
 * The head of a request has a few more: eight bytes that follow the first seven are in `knownMore`.
 */
@HotPath
@LoopOwned
public final class HpackEncoder {
    /** The most of the peer's table that is used, however large it is. */
    public static final int TABLE_BYTES_MAX = 4096;

    /** Bytes that the size updates of RFC 7541 §4.2 may take. */
    static final int PREFIX_BYTES_MAX = 2 * HpackWriter.INTEGER_BYTES_MAX;

    /** Bytes that may be written for a known block, however few of them count. */
    static final int PACKED_BYTES = 2 * Long.BYTES - 1;

    private static final int FIRST_BYTES = Long.BYTES - 1;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final int KNOWN_MIN = 4;
    private static final int KNOWN_MAX = 16;
    private static final int NONE_PENDING = -1;
    private static final BlockField[] NO_FIELDS = {};
    private static final FieldBlock[] NO_BLOCKS = {};
    private static final long[] NO_BYTES = {};

    private final boolean prebuilt;
    private final boolean huffman;

    /** The peer's table, oldest first. */
    private BlockField[] table = NO_FIELDS;

    private int entries;
    private int tableBytes;
    private int capacityBytes = TABLE_BYTES_MAX;

    /** The smallest capacity that has not been signalled yet. */
    private int pendingMin = NONE_PENDING;

    private @Nullable FieldBlock[] known = NO_BLOCKS;
    private long[] knownBytes = NO_BYTES;
    private long[] knownMore = NO_BYTES;
    private int knownNext;

    /** An encoder for a peer whose table has the initial size, 4,096 bytes. */
    public HpackEncoder() {
        this(HpackFlags.PREBUILT_BLOCKS.isOn(), HpackFlags.HUFFMAN.isOn());
    }

    HpackEncoder(boolean prebuilt, boolean huffman) {
        this.prebuilt = prebuilt;
        this.huffman = huffman;
    }

    /** The most bytes that {@link #encode} may write for {@code block}, now or later. */
    public int maxBytes(FieldBlock block) {
        return block.bytesMax();
    }

    /** The most bytes that {@link #encodeLiteral} may write. */
    public static int maxLiteralBytes(int nameLength, int valueLength) {
        return PREFIX_BYTES_MAX + HpackWriter.literalBytesMax(nameLength, valueLength);
    }

    /**
     * The peer's SETTINGS_HEADER_TABLE_SIZE; more than {@value #TABLE_BYTES_MAX} is not used. A
     * change is signalled at the start of the next block: RFC 7541 §4.2.
     *
     * @param bytes 0 to 2^32-1
     */
    public void peerTableBytes(long bytes) {
        final int wanted = (int) Math.min(bytes, TABLE_BYTES_MAX);
        if (wanted == capacityBytes) return;
        pendingMin = pendingMin == NONE_PENDING ? wanted : Math.min(pendingMin, wanted);
        capacityBytes = wanted;
        evictTo(pendingMin);
        forgetKnown();
    }

    /**
     * Writes {@code block} at {@code offset}, where {@link #maxBytes} bytes must be free: what lies
     * behind the bytes that count may be overwritten too.
     *
     * @return how many bytes count
     */
    public int encode(FieldBlock block, MemorySegment out, long offset) {
        final @Nullable FieldBlock[] blocks = known;
        for (int i = 0; i < blocks.length; i++) {
            if (blocks[i] == block) {
                final long bytes = knownBytes[i];
                final int length = (int) bytes & 0xff;
                out.set(LONG, offset, bytes);
                if (length > FIRST_BYTES) out.set(LONG, offset + FIRST_BYTES, knownMore[i]);
                return length;
            }
        }
        return (int) (encodeSlow(block, out, offset) - offset);
    }

    /**
     * Writes one field without entering it into a table, at {@code offset}, where {@link
     * #maxLiteralBytes} bytes must be free.
     *
     * @param sensitive forbid every intermediary to put it into a table: RFC 7541 §7.1.3
     * @return how many bytes were written
     */
    public int encodeLiteral(
            byte[] name, byte[] value, boolean sensitive, MemorySegment out, long offset) {
        final int pattern = sensitive ? HpackWriter.NEVER_INDEXED : HpackWriter.NOT_INDEXED;
        final long at = signalSize(out, offset);
        return (int) (HpackWriter.literal(pattern, name, value, huffman, out, at) - offset);
    }

    private long encodeSlow(FieldBlock block, MemorySegment out, long offset) {
        final long from = signalSize(out, offset);
        long at = from;
        boolean isIndexed = true;
        for (int i = 0; i < block.length(); i++) {
            final BlockField field = block.field(i);
            final int index = prebuilt ? indexOf(field) : field.staticIndex;
            if (index != 0) {
                at = HpackWriter.integer(HpackWriter.INDEXED, 7, index, out, at);
                continue;
            }
            isIndexed = false;
            at = prebuilt ? firstTime(field, out, at) : plainly(field, out, at);
        }
        if (isIndexed && prebuilt && at - from <= PACKED_BYTES) know(block, out, from, at);
        return at;
    }

    /** The plain way: every field a literal, every time. */
    private long plainly(BlockField field, MemorySegment out, long at) {
        return HpackWriter.literal(
                HpackWriter.NOT_INDEXED, field.name, field.value, huffman, out, at);
    }

    private long firstTime(BlockField field, MemorySegment out, long at) {
        final boolean fits = field.tableBytes() <= capacityBytes - tableBytes;
        final byte[] literal = fits ? field.entering : field.plain;
        MemorySegment.copy(literal, 0, out, BYTE, at, literal.length);
        if (fits) enter(field);
        return at + literal.length;
    }

    private int indexOf(BlockField field) {
        if (field.staticIndex != 0) return field.staticIndex;
        for (int i = 0; i < entries; i++) {
            if (table[i].isSameAs(field)) return StaticTable.LENGTH + entries - i;
        }
        return 0;
    }

    private void enter(BlockField field) {
        if (entries == table.length) {
            table = Arrays.copyOf(table, Math.max(4, entries * 2));
        }
        table[entries++] = field;
        tableBytes += field.tableBytes();
        forgetKnown();
    }

    private void evictTo(int bytesMax) {
        int evicted = 0;
        while (tableBytes > bytesMax) tableBytes -= table[evicted++].tableBytes();
        if (evicted == 0) return;
        table = Arrays.copyOfRange(table, evicted, entries);
        entries -= evicted;
    }

    private long signalSize(MemorySegment out, long offset) {
        if (pendingMin == NONE_PENDING) return offset;
        long at = offset;
        if (pendingMin < capacityBytes) {
            at = HpackWriter.integer(HpackWriter.SIZE_UPDATE, 5, pendingMin, out, at);
        }
        pendingMin = NONE_PENDING;
        return HpackWriter.integer(HpackWriter.SIZE_UPDATE, 5, capacityBytes, out, at);
    }

    private void know(FieldBlock block, MemorySegment out, long from, long end) {
        final int length = (int) (end - from);
        final int i = knownSlot();
        final long more = Math.min(end, from + FIRST_BYTES);
        known[i] = block;
        knownBytes[i] = packed(out, from, more) | length;
        knownMore[i] = packed(out, more, end);
    }

    /** The bytes as the first ones of a long. */
    private static long packed(MemorySegment out, long from, long end) {
        long bytes = 0;
        for (long at = from; at < end; at++) bytes = bytes << 8 | (out.get(BYTE, at) & 0xff);
        final long missing = Long.BYTES - (end - from);
        return missing == Long.BYTES ? 0 : bytes << (8 * missing);
    }

    /** A slot that is free, or else the one that was filled longest ago. */
    private int knownSlot() {
        if (knownNext == known.length && knownNext < KNOWN_MAX) {
            final int length = Math.max(KNOWN_MIN, 2 * knownNext);
            known = Arrays.copyOf(known, length);
            knownBytes = Arrays.copyOf(knownBytes, length);
            knownMore = Arrays.copyOf(knownMore, length);
        }
        if (knownNext == KNOWN_MAX) knownNext = 0;
        return knownNext++;
    }

    private void forgetKnown() {
        Arrays.fill(known, null);
        knownNext = 0;
    }
}

package io.gyrfalcon.http2.hpack;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Decodes the header blocks of one connection, RFC 7541. Loop-owned.
 *
 * <p>Whatever the peer sends, nothing is thrown and nothing outside of the block is read. After
 * {@link HpackOutcome#COMPRESSION_ERROR} the decoder is out of step and must not be used again.
 */
/*
 * A block beyond the limits (RFC 9113 §10.5.1) is decoded to its end, since the table has to stay
 * in step, but its fields are not handed over any more.
 *
 * A literal is first put together in the scratch: only then is it known what it evicts, and its
 * name may be that of an evicted entry (RFC 7541 §4.4). A literal too large for both the table and
 * the limits is counted, not kept: it empties the table (RFC 7541 §4.4) and is handed to nobody.
 */
@HotPath
@LoopOwned
public final class HpackDecoder {
    private static final int ERROR = -1;

    /** A literal that is not to be remembered, with the static table's first name of a path. */
    private static final int PLAIN_PATH = 0x04;

    /** What a peer's encoder starts with: RFC 9113 §6.5.2. */
    private static final int INITIAL_BYTES = 4096;

    private static final int NOT_REQUIRED = -1;

    /** Larger integers are errors wherever they may stand: RFC 7541 §5.1. */
    private static final int INTEGER_MAX = (1 << 28) - 1;

    private static final int CONTINUATIONS_MAX = 5;

    private HpackScratch scratch;
    private final DynamicTable table;
    private int tableBytesMax;
    private int settingChanges;
    private int updateRequiredMax = NOT_REQUIRED;
    private int listBytesMax = 8 * 1024;
    private int listFieldsMax = 256;
    private int blockFields;
    private long blockBytes;
    private long wireBytes;
    private long retainedBytes;

    /** Where the integer or string that was read last ends. */
    private int next;

    /**
     * A decoder that owns no table memory yet.
     *
     * @param tableBytesMax SETTINGS_HEADER_TABLE_SIZE in force: 4,096 until the peer has
     *     acknowledged another. Of a larger one the peer uses 4,096 until it signals otherwise
     * @param scratch of the owner loop
     */
    public HpackDecoder(int tableBytesMax, HpackScratch scratch) {
        this(tableBytesMax, scratch, HpackFlags.FIELD_MEMO.isOn());
    }

    HpackDecoder(int tableBytesMax, HpackScratch scratch, boolean remembers) {
        checkNotNegative(tableBytesMax, "tableBytesMax");
        this.tableBytesMax = tableBytesMax;
        this.scratch = scratch;
        this.table = new DynamicTable(Math.min(tableBytesMax, INITIAL_BYTES), scratch, remembers);
    }

    /** Uses another loop's working memory from now on. Between blocks. */
    public void use(HpackScratch other) {
        scratch = other;
        table.use(other);
    }

    /**
     * The peer has acknowledged this SETTINGS_HEADER_TABLE_SIZE. If it is below what its encoder
     * uses, the next block must start with a size update: RFC 9113 §4.3.1.
     */
    public void tableBytesMax(int bytes) {
        checkNotNegative(bytes, "tableBytesMax");
        tableBytesMax = bytes;
        settingChanges++;
        final int inUse =
                updateRequiredMax == NOT_REQUIRED ? table.capacityBytes() : updateRequiredMax;
        if (bytes < inUse) updateRequiredMax = bytes;
    }

    /**
     * Counts what can make the same bytes mean something else: changes of the table, and of its
     * limit. Wraps.
     */
    public int tableChanges() {
        return table.changes() + settingChanges;
    }

    /** Limits of a block: decoded bytes with 32 for each field, and fields. */
    public void listLimits(int bytesMax, int fieldsMax) {
        checkNotNegative(bytesMax, "bytesMax");
        checkNotNegative(fieldsMax, "fieldsMax");
        listBytesMax = bytesMax;
        listFieldsMax = fieldsMax;
    }

    private static void checkNotNegative(int value, String name) {
        if (value < 0)
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
    }

    /** Decoded bytes of the block so far, 32 added for each field. */
    public long blockBytes() {
        return blockBytes;
    }

    /** Fields of the block so far. */
    public int blockFields() {
        return blockFields;
    }

    /** Whether the block so far is beyond {@link #listLimits}; then fields are withheld. */
    public boolean isOverLimit() {
        return blockBytes > listBytesMax || blockFields > listFieldsMax;
    }

    /** Bytes of all blocks of the connection as they came. */
    public long wireBytes() {
        return wireBytes;
    }

    /** Bytes of names and values of all literals; what repeats an entry in full is not counted. */
    public long retainedBytes() {
        return retainedBytes;
    }

    /**
     * Whether the peer has made us keep far more than it sent.
     *
     * @param timesMax retained bytes allowed for each byte of its blocks
     * @param bytesFree retained bytes of the connection up to which it is not looked at
     */
    public boolean isAmplified(int timesMax, long bytesFree) {
        return retainedBytes > bytesFree && retainedBytes > timesMax * wireBytes;
    }

    /** Size of the dynamic table by RFC 7541 §4.1. */
    public int tableBytes() {
        return table.sizeBytes();
    }

    /**
     * Decodes one whole block, HEADERS and all its CONTINUATIONs.
     *
     * @param block native memory; {@code [offset, offset + length)} is read
     * @param sink takes the fields that are within the limits
     */
    public HpackOutcome decode(MemorySegment block, long offset, int length, FieldSink sink) {
        final byte[] bytes = scratch.block(length);
        MemorySegment.copy(block, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
        blockFields = 0;
        blockBytes = 0;
        wireBytes += length;
        return decode(bytes, length, sink) ? HpackOutcome.OK : HpackOutcome.COMPRESSION_ERROR;
    }

    private boolean decode(byte[] block, int end, FieldSink sink) {
        if (updateRequiredMax != NOT_REQUIRED && !startsWithRequiredUpdate(block, end)) {
            return false;
        }
        int at = 0;
        while (at < end) {
            final byte first = block[at];
            if (first >= 0) {
                at = notIndexed(block, at, end, first, sink);
                if (at < 0) return false;
                continue;
            }
            final Field field;
            if (first != -1) {
                field = entry(first & 0x7f);
                at++;
            } else {
                field = farEntry(block, at, end, first);
                at = next;
            }
            if (field == null) return false;
            deliver(field, sink);
        }
        return true;
    }

    /** The field of an index in the static and dynamic tables, or null: RFC 7541 §2.3.3. */
    private @Nullable Field entry(int index) {
        if (index > StaticTable.LENGTH) return table.entry(index - StaticTable.LENGTH - 1);
        return index == 0 ? null : StaticTable.field(index);
    }

    /** The field of an index that does not fit into the first byte. */
    private @Nullable Field farEntry(byte[] block, int at, int end, int first) {
        final int index = integer(block, at, end, first, 7);
        return index < 0 ? null : entry(index);
    }

    private void deliver(Field field, FieldSink sink) {
        blockFields++;
        blockBytes += field.listBytes();
        if (blockBytes <= listBytesMax && blockFields <= listFieldsMax) sink.onField(field);
    }

    private boolean startsWithRequiredUpdate(byte[] block, int end) {
        final int requiredMax = updateRequiredMax;
        if (end == 0) return false;
        final int first = block[0];
        if ((first & 0xe0) != 0x20) return false;
        final int bytes = integer(block, 0, end, first, 5);
        if (bytes < 0 || bytes > requiredMax) return false;
        updateRequiredMax = NOT_REQUIRED;
        return true;
    }

    /** A literal or a size update; where it ends, or {@link #ERROR}. */
    private int notIndexed(byte[] block, int at, int end, int first, FieldSink sink) {
        if (first >= 0x40) return literal(block, at, end, first, 6, sink);
        if (first < 0x20) return literal(block, at, end, first, 4, sink);
        if (blockFields != 0) return ERROR; // RFC 7541 §4.2
        final int bytes = integer(block, at, end, first, 5);
        if (bytes < 0 || bytes > tableBytesMax) return ERROR; // RFC 7541 §6.3
        table.resize(bytes);
        return next;
    }

    /** RFC 7541 §6.2: the name's index in {@code prefixBits}, 6 if it is to be remembered. */
    private int literal(byte[] block, int at, int end, int first, int prefixBits, FieldSink sink) {
        final int index = integer(block, at, end, first, prefixBits);
        if (index < 0) return ERROR;
        final int keptMax = keptBytesMax();
        final FieldKind named;
        final int nameLength;
        if (index == 0) {
            named = FieldKind.MALFORMED; // not known
            nameLength = string(block, next, end, 0, keptMax);
            if (nameLength < 0) return ERROR;
        } else {
            final Field field = entry(index);
            if (field == null) return ERROR;
            named = field.kind();
            nameLength = field.nameLength();
            final byte[] text = scratch.text(nameLength);
            System.arraycopy(field.nameBytes(), field.nameOffset(), text, 0, nameLength);
        }
        final int valueLength =
                first == PLAIN_PATH
                        ? path(block, next, end, nameLength, keptMax)
                        : string(block, next, end, Math.min(nameLength, keptMax), keptMax);
        if (valueLength < 0) return ERROR;
        retainedBytes += (long) nameLength + valueLength;
        if (nameLength > keptMax || valueLength > keptMax) {
            oversized((long) nameLength + valueLength, prefixBits == 6);
            return next;
        }
        final byte[] text = scratch.text(0);
        final FieldKind kind = HeaderRules.kindOf(named, text, 0, nameLength, valueLength);
        deliver(entered(text, nameLength, valueLength, kind, first), sink);
        return next;
    }

    /** The field that the scratch holds: entered into the table if that is wanted and fits. */
    private Field entered(byte[] text, int nameLength, int valueLength, FieldKind kind, int first) {
        if (first >= 0x40) {
            final long bytes = (long) nameLength + valueLength + Field.OVERHEAD_BYTES;
            if (bytes <= table.capacityBytes()) {
                return table.insert(text, 0, nameLength, valueLength, kind);
            }
            table.clear(); // RFC 7541 §4.4
        }
        final Field field = scratch.field;
        field.become(text, 0, nameLength, valueLength, kind);
        field.sensitive((first & 0xf0) == 0x10);
        return field;
    }

    private void oversized(long payloadBytes, boolean wasToBeRemembered) {
        if (wasToBeRemembered) table.clear();
        blockFields++;
        blockBytes += payloadBytes + Field.OVERHEAD_BYTES;
    }

    /** The same as {@link #string}, for what repeats and yet is never entered into a table. */
    private int path(byte[] block, int at, int end, int nameLength, int keptMax) {
        final int to = Math.min(nameLength, keptMax);
        final int length = at < end && block[at] < 0 ? block[at] & 0x7f : 0;
        final int from = at + 1;
        final CodedPaths paths = scratch.paths();
        if (paths == null
                || length == 0x7f
                || !CodedPaths.isKept(length)
                || length > end - from
                || HuffmanDecoder.decodedBytesMax(length) > keptMax) {
            return string(block, at, end, to, keptMax);
        }
        final byte[] text = scratch.text(to + (int) HuffmanDecoder.decodedBytesMax(length));
        final int known = paths.find(block, from, length, text, to);
        if (known >= 0) {
            next = from + length;
            return known;
        }
        final int decoded = string(block, at, end, to, keptMax);
        if (decoded > 0) paths.keep(block, from, length, scratch.text(0), to, decoded);
        return decoded;
    }

    /** A name or value longer than this fits neither the table nor the limits. */
    private int keptBytesMax() {
        return Math.max(listBytesMax, Math.max(tableBytesMax, table.capacityBytes()));
    }

    /**
     * Reads a string, RFC 7541 §5.2, into the scratch at {@code to}, {@code keptMax} bytes of it at
     * most.
     *
     * @return its length, or {@link #ERROR}
     */
    private int string(byte[] block, int at, int end, int to, int keptMax) {
        if (at >= end) return ERROR;
        final int first = block[at];
        final int length = integer(block, at, end, first, 7);
        if (length < 0 || length > end - next) return ERROR;
        final int from = next;
        next = from + length;
        if (first < 0) {
            final int limit = to + (int) Math.min(HuffmanDecoder.decodedBytesMax(length), keptMax);
            final byte[] text = scratch.text(limit + HuffmanDecoder.SLACK_BYTES);
            return HuffmanDecoder.decode(block, from, length, text, to, limit);
        }
        final int kept = Math.min(length, keptMax);
        System.arraycopy(block, from, scratch.text(to + kept), to, kept);
        return length;
    }

    /**
     * Reads an integer, RFC 7541 §5.1, and leaves its end in {@link #next}.
     *
     * @return the integer, or {@link #ERROR} if it is cut off or larger than any that can be right
     */
    private int integer(byte[] block, int at, int end, int first, int prefixBits) {
        final int mask = (1 << prefixBits) - 1;
        final int head = first & mask;
        next = at + 1;
        return head < mask ? head : integerSlow(block, at + 1, end, head);
    }

    private int integerSlow(byte[] block, int from, int end, int head) {
        long value = head;
        int shift = 0;
        for (int at = from; at < end && at - from < CONTINUATIONS_MAX; at++) {
            final int b = block[at];
            value += (b & 0x7fL) << shift;
            shift += 7;
            if (b >= 0) {
                next = at + 1;
                return value <= INTEGER_MAX ? (int) value : ERROR;
            }
        }
        return ERROR;
    }
}

package io.gyrfalcon.http2.hpack;

import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One decoded field: an entry of a table, or the decoder's transient one. Loop-owned; entries of
 * the static table are constant and shared by all.
 *
 * <p>An object is used again for another field after its entry was evicted: it is valid only during
 * the call that hands it over.
 */
@LoopOwned
public final class Field {
    /** What RFC 7541 §4.1 adds to the bytes of each entry. */
    static final int OVERHEAD_BYTES = 32;

    private static final byte REMEMBERED = 1;
    private static final byte SENSITIVE = 2;

    private byte[] bytes;
    private int offset;
    private int nameLength;
    private int valueLength;
    private FieldKind kind;
    private byte marks;
    private @Nullable Object memo;

    /** A field over {@code bytes}, the value right behind the name. */
    Field(byte[] bytes) {
        this.bytes = bytes;
        this.kind = FieldKind.MALFORMED;
    }

    /** The array that holds the name. */
    public byte[] nameBytes() {
        return bytes;
    }

    /** Where the name starts. */
    public int nameOffset() {
        return offset;
    }

    /** Length of the name in bytes. */
    public int nameLength() {
        return nameLength;
    }

    /** The array that holds the value. */
    public byte[] valueBytes() {
        return bytes;
    }

    /** Where the value starts. */
    public int valueOffset() {
        return offset + nameLength;
    }

    /** Length of the value in bytes. */
    public int valueLength() {
        return valueLength;
    }

    /** Whether the peer forbids to put it into any table: RFC 7541 §6.2.3. */
    public boolean isSensitive() {
        return (marks & SENSITIVE) != 0;
    }

    /** Whether the name is exactly {@code ascii}. */
    public boolean nameIs(byte[] ascii) {
        return nameLength == ascii.length && isAt(offset, ascii);
    }

    /** Whether the value is exactly {@code ascii}. */
    public boolean valueIs(byte[] ascii) {
        return valueLength == ascii.length && isAt(offset + nameLength, ascii);
    }

    /** A loop: these are short, and constants, so that it becomes a few comparisons. */
    private boolean isAt(int from, byte[] ascii) {
        final byte[] mine = bytes;
        for (int i = 0; i < ascii.length; i++) {
            if (mine[from + i] != ascii[i]) return false;
        }
        return true;
    }

    /** A copy of the name. */
    public byte[] copyName() {
        return Arrays.copyOfRange(bytes, offset, offset + nameLength);
    }

    /** A copy of the value. */
    public byte[] copyValue() {
        return Arrays.copyOfRange(bytes, valueOffset(), valueOffset() + valueLength);
    }

    /** What the field is; decided once, when it was entered into its table. */
    public FieldKind kind() {
        return kind;
    }

    /** Whether {@link #memo()} lasts until the entry is evicted. */
    public boolean isRemembered() {
        return (marks & REMEMBERED) != 0;
    }

    /** What {@link #memo(Object)} was last given for this entry; null at first and after that. */
    public @Nullable Object memo() {
        return memo;
    }

    /** Keeps what the caller made of this field; does nothing unless it is remembered. */
    public void memo(Object parsed) {
        if (isRemembered()) memo = parsed;
    }

    /** Bytes that the field counts for: name, value and {@value #OVERHEAD_BYTES}. */
    int listBytes() {
        return nameLength + valueLength + OVERHEAD_BYTES;
    }

    /** Bytes of name and value. */
    int payloadBytes() {
        return nameLength + valueLength;
    }

    /** Makes this object another field. */
    void become(byte[] home, int at, int nameBytes, int valueBytes, FieldKind is) {
        bytes = home;
        offset = at;
        nameLength = nameBytes;
        valueLength = valueBytes;
        kind = is;
    }

    /** The same field after its bytes have moved. */
    void movedTo(byte[] home, int at) {
        bytes = home;
        offset = at;
    }

    void sensitive(boolean isSo) {
        marks = isSo ? SENSITIVE : 0;
    }

    void remembered(boolean isSo) {
        marks = isSo ? REMEMBERED : 0;
    }

    /** Drops the memo: the entry is no longer in the table. */
    void forget() {
        memo = null;
    }

    @Override
    public String toString() {
        return new String(bytes, offset, nameLength, StandardCharsets.ISO_8859_1)
                + ": "
                + new String(bytes, valueOffset(), valueLength, StandardCharsets.ISO_8859_1);
    }
}

package io.gyrfalcon.http2.hpack;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

/**
 * The dynamic table of one decoder, RFC 7541 §2.3.2. Loop-owned.
 *
 * <p>Owns no memory until something is entered. Objects of evicted entries are used again, so that
 * a table that has reached its working size allocates nothing.
 */
/*
 * Two rings. `entries` holds the live entries at [inserted - live, inserted), taken modulo its
 * length, a power of two. `bytes` holds their names and values in the same order, each entry in one
 * piece:
 *
 *     unwrapped   | free | oldest ... newest | free |
 *     wrapped     | ... newest | free | oldest ... | gap |
 *
 * An entry takes at least one byte, so that two entries never share an offset and "wrapped" can be
 * read off the offsets of oldest and newest.
 */
@HotPath
@LoopOwned
final class DynamicTable {
    private static final byte[] NO_BYTES = {};
    private static final Field[] NO_ENTRIES = {};
    private static final int ENTRIES_MIN = 8;
    private static final int BYTES_MIN = 256;

    private HpackScratch scratch;
    private final boolean remembers;

    private Field[] entries = NO_ENTRIES;
    private byte[] bytes = NO_BYTES;
    private int inserted;
    private int changes;
    private int live;
    private int sizeBytes;
    private int capacityBytes;

    DynamicTable(int capacityBytes, HpackScratch scratch, boolean remembers) {
        this.capacityBytes = capacityBytes;
        this.scratch = scratch;
        this.remembers = remembers;
    }

    /** Uses another loop's working memory from now on. */
    void use(HpackScratch other) {
        scratch = other;
    }

    /** The largest size that the peer's encoder uses now. */
    int capacityBytes() {
        return capacityBytes;
    }

    /** The size by RFC 7541 §4.1. */
    int sizeBytes() {
        return sizeBytes;
    }

    /** How many entries there are. */
    int length() {
        return live;
    }

    /** Bytes of memory that the table holds, objects not counted. */
    int memoryBytes() {
        return bytes.length;
    }

    /** The entry that was inserted {@code age} entries before the newest, or null. */
    @Nullable Field entry(int age) {
        if (age >= live) return null;
        final Field[] ring = entries;
        return ring[(inserted - 1 - age) & (ring.length - 1)];
    }

    /** How often the table was changed so far; wraps. */
    int changes() {
        return changes;
    }

    /** Changes the capacity and evicts what no longer fits: RFC 7541 §4.3. */
    void resize(int newCapacityBytes) {
        capacityBytes = newCapacityBytes;
        changes++;
        evictTo(newCapacityBytes);
    }

    /** Evicts everything. */
    void clear() {
        changes++;
        evictTo(0);
    }

    /**
     * Enters the field whose name and value start at {@code from}, evicting first what stands in
     * its way: RFC 7541 §4.4. The caller has checked that it fits into an empty table.
     */
    Field insert(byte[] source, int from, int nameLength, int valueLength, FieldKind kind) {
        final int payload = nameLength + valueLength;
        final int size = payload + Field.OVERHEAD_BYTES;
        assert size <= capacityBytes : size;
        evictTo(capacityBytes - size);
        if (live == entries.length) growEntries();
        final int at = place(Math.max(payload, 1));
        System.arraycopy(source, from, bytes, at, payload);
        final Field[] ring = entries;
        final int slot = inserted & (ring.length - 1);
        Field entry = ring[slot];
        if (entry == null) {
            entry = new Field(bytes);
            entry.remembered(remembers);
            ring[slot] = entry;
        }
        entry.become(bytes, at, nameLength, valueLength, kind);
        inserted++;
        changes++;
        live++;
        sizeBytes += size;
        return entry;
    }

    private void evictTo(int bytesMax) {
        while (sizeBytes > bytesMax) {
            final Field oldest = oldest();
            oldest.forget();
            sizeBytes -= oldest.listBytes();
            live--;
        }
    }

    private Field oldest() {
        return entries[(inserted - live) & (entries.length - 1)];
    }

    private Field newest() {
        return entries[(inserted - 1) & (entries.length - 1)];
    }

    /** Where the next {@code n} bytes go. */
    private int place(int n) {
        if (live == 0) return n <= bytes.length ? 0 : placeSlow(n);
        final int readAt = oldest().nameOffset();
        final Field last = newest();
        final int writeAt = last.nameOffset() + Math.max(last.payloadBytes(), 1);
        if (last.nameOffset() < readAt) return readAt - writeAt >= n ? writeAt : placeSlow(n);
        if (bytes.length - writeAt >= n) return writeAt;
        return readAt >= n ? 0 : placeSlow(n);
    }

    /** Moves all entries to the front, of a larger array if this one is nearly full. */
    private int placeSlow(int n) {
        int used = 0;
        for (int age = live - 1; age >= 0; age--) used += Math.max(at(age).payloadBytes(), 1);
        final int wanted = used + n;
        if (wanted <= bytes.length - (bytes.length >> 2)) {
            final byte[] spare = scratch.spare(used);
            gather(spare, bytes);
            System.arraycopy(spare, 0, bytes, 0, used);
            return used;
        }
        final byte[] grown = new byte[Math.max(BYTES_MIN, (wanted + (wanted >> 2) + 15) & ~15)];
        gather(grown, grown);
        bytes = grown;
        return used;
    }

    /**
     * Copies the live entries to the front of {@code target} and tells them that they live in home.
     */
    private void gather(byte[] target, byte[] home) {
        int to = 0;
        for (int age = live - 1; age >= 0; age--) {
            final Field entry = at(age);
            System.arraycopy(
                    entry.nameBytes(), entry.nameOffset(), target, to, entry.payloadBytes());
            entry.movedTo(home, to);
            to += Math.max(entry.payloadBytes(), 1);
        }
    }

    private Field at(int age) {
        return entries[(inserted - 1 - age) & (entries.length - 1)];
    }

    private void growEntries() {
        final Field[] grown = new Field[Math.max(ENTRIES_MIN, entries.length * 2)];
        for (int i = 0; i < live; i++)
            grown[i] = entries[(inserted - live + i) & (entries.length - 1)];
        entries = grown;
        inserted = live;
    }
}

package io.gyrfalcon.primitives;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Objects;

/**
 * A map from {@code int} to objects without boxing or nodes. Loop-owned.
 *
 * <p>Keys may be any {@code int}; values are not null. An empty map that never held anything has no
 * table. The table grows and does not shrink by itself: see {@link #trim()}.
 *
 * @param <V> the values' type
 */
@LoopOwned
@HotPath
public final class IntMap<V> {
    /*
     * Open addressing with linear probing. A removal shifts the rest of the run back (Knuth, volume
     * 3, 6.4, algorithm R) instead of leaving a tombstone, so that a table in which entries come
     * and go for ever never needs cleaning. Keys are spread by the golden ratio, since stream
     * identifiers and descriptors come in rows. A slot is free where its value is null.
     */
    private static final int SLOTS_MIN = 8;
    private static final int SPREAD = 0x9E3779B9;
    private static final int[] NO_KEYS = {};
    private static final Object[] NO_VALUES = {};

    /**
     * What {@link #forEach} calls.
     *
     * @param <V> the values' type
     */
    @FunctionalInterface
    public interface Visitor<V> {
        /**
         * Sees one entry. Must not add to or remove from the map.
         *
         * @param key the key
         * @param value its value
         */
        void visit(int key, V value);
    }

    private int[] keys = NO_KEYS;
    private @Nullable Object[] values = NO_VALUES;
    private int size;
    private int shift;
    private int changes;

    /** An empty map. */
    public IntMap() {}

    /** How many entries. */
    public int size() {
        return size;
    }

    /** Whether there is no entry. */
    public boolean isEmpty() {
        return size == 0;
    }

    /**
     * The value of a key.
     *
     * @param key any int
     * @return the value, or null
     */
    public @Nullable V get(int key) {
        final int[] keys = this.keys;
        final @Nullable Object[] values = this.values;
        final int mask = keys.length - 1;
        if (mask < 0) return null;
        int slot = home(key);
        while (true) {
            Object value = values[slot];
            if (value == null || keys[slot] == key) return cast(value);
            slot = (slot + 1) & mask;
        }
    }

    /**
     * Sets the value of a key.
     *
     * @param key any int
     * @param value the new value
     * @return the value before, or null
     */
    public @Nullable V put(int key, V value) {
        Objects.requireNonNull(value, "value");
        if (size >= keys.length - (keys.length >> 2)) grow();
        final int mask = keys.length - 1;
        int slot = home(key);
        while (values[slot] != null && keys[slot] != key) slot = (slot + 1) & mask;
        Object before = values[slot];
        keys[slot] = key;
        values[slot] = value;
        if (before == null) {
            size++;
            changes++;
        }
        return cast(before);
    }

    /**
     * Removes an entry.
     *
     * @param key any int
     * @return the value it had, or null
     */
    public @Nullable V remove(int key) {
        final int mask = keys.length - 1;
        if (mask < 0) return null;
        int slot = home(key);
        while (values[slot] != null && keys[slot] != key) slot = (slot + 1) & mask;
        Object before = values[slot];
        if (before == null) return null;
        size--;
        changes++;
        closeGap(slot);
        return cast(before);
    }

    /**
     * Calls the visitor once for each entry, in no particular order.
     *
     * @param visitor may change values' own state, but not add or remove entries
     */
    public void forEach(Visitor<? super V> visitor) {
        final int[] keys = this.keys;
        final @Nullable Object[] values = this.values;
        final int changesBefore = changes;
        for (int slot = 0; slot < keys.length; slot++) {
            V value = cast(values[slot]);
            if (value != null) visitor.visit(keys[slot], value);
            assert changes == changesBefore : "map changed by its visitor";
        }
    }

    /** Removes all entries and keeps the table. */
    public void clear() {
        if (size == 0) return;
        Arrays.fill(values, null);
        size = 0;
        changes++;
    }

    /** Makes the table as small as the entries allow; an empty map gives it up. */
    public void trim() {
        int slots = 0;
        if (size > 0) slots = slotsFor(size);
        if (slots < keys.length) rehash(slots);
    }

    private void grow() {
        rehash(Math.max(SLOTS_MIN, keys.length * 2));
    }

    private void rehash(int slots) {
        final int[] keysBefore = keys;
        final @Nullable Object[] valuesBefore = values;
        changes++;
        keys = slots == 0 ? NO_KEYS : new int[slots];
        values = slots == 0 ? NO_VALUES : new Object[slots];
        shift = Integer.numberOfLeadingZeros(slots) + 1;
        final int mask = slots - 1;
        for (int i = 0; i < keysBefore.length; i++) {
            if (valuesBefore[i] == null) continue;
            int slot = home(keysBefore[i]);
            while (values[slot] != null) slot = (slot + 1) & mask;
            keys[slot] = keysBefore[i];
            values[slot] = valuesBefore[i];
        }
    }

    private void closeGap(int gapStart) {
        final int[] keys = this.keys;
        final @Nullable Object[] values = this.values;
        final int mask = keys.length - 1;
        int gap = gapStart;
        int slot = (gap + 1) & mask;
        while (values[slot] != null) {
            // An entry may move back to the gap if the gap lies between its home and its slot.
            if (((slot - home(keys[slot])) & mask) >= ((slot - gap) & mask)) {
                keys[gap] = keys[slot];
                values[gap] = values[slot];
                gap = slot;
            }
            slot = (slot + 1) & mask;
        }
        values[gap] = null;
    }

    private int home(int key) {
        return (key * SPREAD) >>> shift;
    }

    private static int slotsFor(int size) {
        int slots = SLOTS_MIN;
        while (size > slots - (slots >> 2)) slots <<= 1;
        return slots;
    }

    @SuppressWarnings("unchecked")
    private @Nullable V cast(@Nullable Object value) {
        return (V) value;
    }
}

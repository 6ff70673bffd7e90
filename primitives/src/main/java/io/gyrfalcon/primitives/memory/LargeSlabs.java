package io.gyrfalcon.primitives.memory;

import org.jspecify.annotations.Nullable;

/**
 * Slabs above the size classes, each an allocation of its own. Loop-owned, with its {@link Shelf}.
 *
 * <p>Sizes are rounded up to a quarter of a power of two, and a few slabs are kept for the next
 * taker, whom it would cost an allocation and the zeroing of its memory.
 */
final class LargeSlabs {
    private static final int KEPT_MAX = 8;
    private static final long KEPT_BYTES_MAX = 8L << 20;

    private final @Nullable Slab[] kept = new Slab[KEPT_MAX];
    private int keptCount;
    private int keptMin;
    private long keptBytes;

    /** What a slab for so many bytes really has: at most a quarter more. */
    static long roundedUp(int bytes) {
        int quarter = Integer.highestOneBit(bytes) >>> 2;
        return ((long) bytes + quarter - 1) & -quarter;
    }

    /** The smallest kept slab that is large enough and not more than twice as large. */
    @Nullable Slab pop(int bytesMin) {
        int best = -1;
        long bestBytes = 2L * bytesMin + 1;
        for (int i = 0; i < keptCount; i++) {
            int bytes = at(i).capacity();
            if (bytes >= bytesMin && bytes < bestBytes) {
                best = i;
                bestBytes = bytes;
            }
        }
        if (best < 0) return null;
        Slab slab = at(best);
        remove(best);
        return slab;
    }

    Slab allocate(Shelf home, long bytes) {
        return new Chunk(home, 1, (int) bytes).slabs[0];
    }

    /** Keeps a free slab for the next taker. Returns false if there is no room. */
    boolean push(Slab slab) {
        if (keptCount == KEPT_MAX || keptBytes + slab.capacity() > KEPT_BYTES_MAX) return false;
        kept[keptCount++] = slab;
        keptBytes += slab.capacity();
        return true;
    }

    /** Drops as many as were never needed since the last trim. Returns their bytes. */
    long trim() {
        long bytes = drop(keptMin);
        keptMin = keptCount;
        return bytes;
    }

    /** Drops all. Returns their bytes. */
    long trimAll() {
        keptMin = 0;
        return drop(keptCount);
    }

    private long drop(int count) {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            Slab slab = at(0);
            bytes += slab.capacity();
            remove(0);
            slab.chunk.free();
        }
        return bytes;
    }

    private void remove(int index) {
        keptBytes -= at(index).capacity();
        keptCount--;
        keptMin = Math.min(keptMin, keptCount);
        System.arraycopy(kept, index + 1, kept, index, keptCount - index);
        kept[keptCount] = null;
    }

    private Slab at(int index) {
        Slab slab = kept[index];
        assert slab != null;
        return slab;
    }
}

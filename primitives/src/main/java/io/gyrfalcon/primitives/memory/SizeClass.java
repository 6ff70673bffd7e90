package io.gyrfalcon.primitives.memory;

import io.gyrfalcon.primitives.HotPath;

import org.jspecify.annotations.Nullable;

/** The slabs of one size of one {@link Shelf}; the free ones are a stack. Loop-owned, with it. */
@HotPath
final class SizeClass {
    final int slabBytes;
    private final int slabsPerChunk;
    private @Nullable Slab top;
    private @Nullable Chunk chunks;
    private int free;

    /** The fewest free slabs since the last trim: so many are more than was needed. */
    private int freeMin;

    SizeClass(int slabBytes, int slabsPerChunk) {
        this.slabBytes = slabBytes;
        this.slabsPerChunk = slabsPerChunk;
    }

    @Nullable Slab pop() {
        Slab slab = top;
        if (slab == null) return null;
        top = slab.next;
        if (--free < freeMin) freeMin = free;
        return slab;
    }

    void push(Slab slab) {
        slab.next = top;
        top = slab;
        free++;
    }

    long chunkBytes() {
        return (long) slabBytes * slabsPerChunk;
    }

    /** Cuts a new chunk, whose bytes are reserved already, into free slabs. */
    void grow(Shelf home, long bytes) {
        Chunk chunk = new Chunk(home, (int) (bytes / slabBytes), slabBytes);
        chunk.next = chunks;
        chunks = chunk;
        for (int i = chunk.slabs.length - 1; i >= 0; i--) push(chunk.slabs[i]);
    }

    /** Frees chunks that were not needed since the last trim, but one. Returns their bytes. */
    long trim() {
        int spare = Math.min(freeMin, free - slabsPerChunk);
        freeMin = free;
        return spare <= 0 ? 0 : retire(spare);
    }

    /** Frees every chunk whose slabs are all free. Returns their bytes. */
    long trimAll() {
        freeMin = 0;
        long bytes = retire(free);
        freeMin = free;
        return bytes;
    }

    /** Slabs not in the free list, for diagnosis: a list that threads may be changing. */
    @Nullable Chunk chunks() {
        return chunks;
    }

    private long retire(int slabsMax) {
        countFree();
        long bytes = 0;
        int left = slabsMax;
        Chunk kept = null;
        Chunk retired = null;
        for (Chunk chunk = chunks; chunk != null; ) {
            Chunk after = chunk.next;
            if (chunk.isAllFree() && left >= chunk.slabs.length) {
                left -= chunk.slabs.length;
                bytes += chunk.bytes;
                chunk.freeSlabs = -1;
                chunk.next = retired;
                retired = chunk;
            } else {
                chunk.next = kept;
                kept = chunk;
            }
            chunk = after;
        }
        chunks = kept;
        dropRetired();
        for (Chunk chunk = retired; chunk != null; chunk = chunk.next) chunk.free();
        return bytes;
    }

    private void countFree() {
        for (Chunk chunk = chunks; chunk != null; chunk = chunk.next) chunk.freeSlabs = 0;
        for (Slab slab = top; slab != null; slab = slab.next) {
            slab.chunk.freeSlabs++;
        }
    }

    /** Takes the slabs of retired chunks out of the free list and keeps the order of the rest. */
    private void dropRetired() {
        Slab last = null;
        Slab slab = top;
        top = null;
        free = 0;
        while (slab != null) {
            Slab after = slab.next;
            slab.next = null;
            if (slab.chunk.freeSlabs >= 0) {
                if (last == null) top = slab;
                else last.next = slab;
                last = slab;
                free++;
            }
            slab = after;
        }
        freeMin = Math.min(freeMin, free);
    }
}

package io.gyrfalcon.primitives.memory;

import org.jspecify.annotations.Nullable;

/** One allocation of native memory, cut into slabs of one size. Owned by its {@link Shelf}. */
final class Chunk {
    final Slab[] slabs;
    final long bytes;
    @Nullable Chunk next;

    /** How many of its slabs are in the free list; valid only while that list is counted. */
    int freeSlabs;

    Chunk(int slabs, long bytes) {
        this.slabs = new Slab[slabs];
        this.bytes = bytes;
    }

    boolean isAllFree() {
        return freeSlabs == slabs.length;
    }
}

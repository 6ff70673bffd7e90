package io.gyrfalcon.primitives.memory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One allocation of native memory, cut into slabs of one size. Owned by its {@link Shelf}. */
final class Chunk {
    private static final int ALIGNMENT = 64;

    final Slab[] slabs;
    final long bytes;
    @Nullable Chunk next;

    /** How many of its slabs are in the free list; valid only while that list is counted. */
    int freeSlabs;

    /*
     * Not an automatic one: the JDK bounds the memory of those together with its direct buffers,
     * and who asks for more than that waits for the collector, on a loop and under a gate.
     */
    private final Arena arena = Arena.ofShared();

    /**
     * Takes the memory from the system.
     *
     * @throws OutOfMemoryError if it has none
     */
    Chunk(Shelf home, int count, int slabBytes) {
        slabs = new Slab[count];
        bytes = (long) count * slabBytes;
        MemorySegment memory = arena.allocate(bytes, ALIGNMENT);
        for (int i = 0; i < count; i++) {
            slabs[i] = new Slab(home, this, memory.asSlice((long) i * slabBytes, slabBytes));
        }
    }

    boolean isAllFree() {
        return freeSlabs == slabs.length;
    }

    /** Gives the memory back to the system, once all slabs are free. */
    void free() {
        arena.close();
    }
}

package io.gyrfalcon.tls;

import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * The beginning of a record whose rest is not here yet. Loop-owned; empty, it owns no slab.
 *
 * <p>Memory follows the bytes that have arrived, not the length that the header announces.
 */
@LoopOwned
final class PartialRecord {
    private static final int FIRST_SLAB_BYTES = 1024;

    private SlabPool pool;
    private @Nullable Slab home;
    private int bytes;

    PartialRecord(SlabPool pool) {
        this.pool = pool;
    }

    /** Takes slabs there from now on; empty. */
    void takeFrom(SlabPool other) {
        assert home == null : "within a record";
        pool = other;
    }

    int bytes() {
        return bytes;
    }

    /** Holds {@link #bytes} bytes from offset 0 on. Only where there are any. */
    MemorySegment segment() {
        Slab slab = home;
        assert slab != null;
        return slab.segment();
    }

    /** Adds bytes. Throws {@code OutOfSlabs} where the memory budget is exhausted. */
    void append(MemorySegment source, long offset, int count) {
        MemorySegment.copy(source, offset, room(bytes + count).segment(), bytes, count);
        bytes += count;
    }

    void release() {
        Slab slab = home;
        home = null;
        bytes = 0;
        if (slab != null) slab.release();
    }

    private Slab room(int bytesNeeded) {
        Slab old = home;
        if (old != null && old.capacity() >= bytesNeeded) return old;
        Slab grown = pool.take(Math.max(FIRST_SLAB_BYTES, bytesNeeded));
        if (old != null) {
            MemorySegment.copy(old.segment(), 0, grown.segment(), 0, bytes);
            old.release();
        }
        home = grown;
        return grown;
    }
}

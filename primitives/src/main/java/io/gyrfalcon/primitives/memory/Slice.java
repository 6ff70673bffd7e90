package io.gyrfalcon.primitives.memory;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A part of a slab, kept for later: a view, valid until the slab is released. Not for hot paths,
 * which pass segment, offset and length.
 *
 * @param home the slab
 * @param offset of the first byte
 * @param length in bytes
 */
public record Slice(Slab home, int offset, int length) {
    /**
     * Checks the range.
     *
     * @throws IndexOutOfBoundsException if it is not within the slab
     */
    public Slice {
        Objects.checkFromIndexSize(offset, length, home.capacity());
    }

    /** The bytes, as a segment of their own. */
    public MemorySegment segment() {
        return home.segment().asSlice(offset, length);
    }

    /** Whether there is no byte. */
    public boolean isEmpty() {
        return length == 0;
    }

    /** Releases the slab, with everything else in it. */
    public void release() {
        home.release();
    }
}

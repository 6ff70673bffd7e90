package io.gyrfalcon.transport.wire;

import io.gyrfalcon.primitives.memory.Slab;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/** Where whole messages go. */
public interface MessageSink {

    /**
     * One whole message, without its prefix.
     *
     * <p>It may close the reader; what follows in the slice is then dropped.
     *
     * @param bytes holds the message in {@code [offset, offset + length)}
     * @param compressed the flag of the prefix
     * @param home {@code null}: the message lies in the slice that was fed and is valid during this
     *     call only. Otherwise the slab that holds it, which the sink owns from now on and must
     *     release
     */
    void onMessage(
            MemorySegment bytes, long offset, int length, boolean compressed, @Nullable Slab home);
}

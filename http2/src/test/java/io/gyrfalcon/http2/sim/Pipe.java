package io.gyrfalcon.http2.sim;

import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** One direction of a network that cuts and delays. Not thread-safe. */
final class Pipe {
    /** Takes a piece; the bytes are valid during the call. */
    interface Receiver {
        void receive(MemorySegment bytes, long offset, int length);
    }

    private final Random random;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Pipe(Random random) {
        this.random = random;
    }

    boolean isEmpty() {
        return bytes.size() == 0;
    }

    /** Takes some or all of what a side has put out. */
    void fill(SlabChain out) {
        int max = random.nextInt(5) == 0 ? random.nextInt(100) : 200_000;
        bytes.writeBytes(FrameParser.take(out, max));
    }

    /** Delivers one piece of what is on its way: of any size, byte by byte at times. */
    void deliver(SlabPool slabs, Receiver to) {
        byte[] all = bytes.toByteArray();
        if (all.length == 0) return;
        int n = random.nextInt(5) == 0 ? 1 : 1 + random.nextInt(all.length);
        if (random.nextBoolean()) n = all.length;
        n = Math.min(n, 64 << 10);
        bytes.reset();
        bytes.write(all, n, all.length - n);
        boolean isBytewise = n < 400 && random.nextInt(6) == 0;
        int piece = isBytewise ? 1 : n;
        for (int at = 0; at < n; at += piece) receive(slabs, all, at, piece, to);
    }

    private static void receive(SlabPool slabs, byte[] all, int at, int n, Receiver to) {
        Slab slab = slabs.take(n);
        MemorySegment.copy(all, at, slab.segment(), ValueLayout.JAVA_BYTE, 0, n);
        to.receive(slab.segment(), 0, n);
        // Whoever still looks at these bytes would see it.
        slab.segment().asSlice(0, n).fill((byte) 0xee);
        slab.release();
    }
}

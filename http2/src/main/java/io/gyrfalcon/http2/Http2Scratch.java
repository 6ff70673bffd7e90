package io.gyrfalcon.http2;

import io.gyrfalcon.http2.guard.RequestRules;
import io.gyrfalcon.http2.guard.ResponseRules;
import io.gyrfalcon.http2.hpack.HpackScratch;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

/**
 * What the connections of one loop share between two calls: pooled streams, working memory, and the
 * source of their jitter. Loop-owned.
 */
@LoopOwned
public final class Http2Scratch {
    private static final int POOLED_MAX = 4_096;

    final HpackScratch hpack = new HpackScratch();
    final RequestRules requestRules = new RequestRules();
    final ResponseRules responseRules = new ResponseRules();
    final int[] entries = new int[16];

    /** Takes what is sent on streams that are gone. */
    final SlabChain discard;

    private final SlabPool slabs;
    private @Nullable Stream[] pool = new @Nullable Stream[16];
    private int pooled;
    private long random;

    /**
     * @param slabs of the same loop
     * @param seed of the jitter; any number
     */
    public Http2Scratch(SlabPool slabs, long seed) {
        this.slabs = slabs;
        discard = new SlabChain(slabs);
        random = seed;
    }

    Stream takeStream() {
        if (pooled == 0) return new Stream(slabs);
        Stream s = pool[--pooled];
        pool[pooled] = null;
        assert s != null;
        return s;
    }

    void giveStream(Stream s) {
        s.recycle();
        s.queue.bytes().takeFrom(slabs);
        if (!Http2Flags.STREAM_RECYCLING.isOn()) return;
        if (pooled == pool.length && !grow()) return;
        pool[pooled++] = s;
    }

    private boolean grow() {
        if (pooled >= POOLED_MAX) return false;
        pool = java.util.Arrays.copyOf(pool, pool.length * 2);
        return true;
    }

    /** A number from 0 to {@code bound - 1}: SplitMix64 (Steele, Lea, Flood, 2014). */
    long nextLong(long bound) {
        random += 0x9E3779B97F4A7C15L;
        long z = random;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        z ^= z >>> 31;
        return Long.remainderUnsigned(z, bound);
    }
}

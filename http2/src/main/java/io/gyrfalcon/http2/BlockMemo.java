package io.gyrfalcon.http2;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The header block that a connection's requests repeat, if they do. Loop-owned.
 *
 * <p>A block that changes no table, and comes again while nothing else has changed one, has the
 * same fields again. It is kept when it comes for the second time, and told without being decoded
 * from the third time on. Only the hash of a block is kept of one that has come once, and nothing
 * of one that has changed a table; a hash decides nothing but that, the kept block is compared in
 * full.
 */
@HotPath
@LoopOwned
final class BlockMemo {
    private static final int BYTES_MAX = 512;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final long PRIME = 0x9E3779B97F4A7C15L;
    private static final long[] NONE = {};

    private static final int NO_BLOCK = -1;

    private long[] words = NONE;
    private int bytes = NO_BLOCK;
    private int tableChanges;
    private long hash;
    private long contentLength;
    private boolean isKept;

    /** Whether the block is the one that is kept, and no table has changed since. */
    boolean matches(MemorySegment block, long from, int n, int changes) {
        if (!isKept || n != bytes || changes != tableChanges) return false;
        final long[] kept = words;
        int at = 0;
        int word = 0;
        for (; at + Long.BYTES <= n; at += Long.BYTES) {
            if (kept[word++] != block.get(LONG, from + at)) return false;
        }
        return at == n || kept[word] == tail(block, from + at, n - at);
    }

    /**
     * A block was decoded. Whether it is worth keeping: it is the last one again, and no table has
     * changed meanwhile.
     */
    boolean isRepeated(MemorySegment block, long from, int n, int changes) {
        isKept = false;
        if (changes != tableChanges) {
            tableChanges = changes;
            bytes = NO_BLOCK;
            return false;
        }
        long found = hashOf(block, from, n);
        boolean isSame = found == hash && n == bytes;
        hash = found;
        bytes = n;
        return isSame && n <= BYTES_MAX;
    }

    /** Keeps the block that {@link #isRepeated} was asked about last. */
    void keep(MemorySegment block, long from, long announcedLength) {
        int n = bytes;
        int count = (n + Long.BYTES - 1) / Long.BYTES;
        if (words.length < count) words = new long[count];
        for (int word = 0; word < count; word++) {
            long at = (long) word * Long.BYTES;
            words[word] =
                    at + Long.BYTES <= n
                            ? block.get(LONG, from + at)
                            : tail(block, from + at, (int) (n - at));
        }
        contentLength = announcedLength;
        isKept = true;
    }

    /** What {@code content-length} said in the kept block, or -1. */
    long contentLength() {
        return contentLength;
    }

    private static long hashOf(MemorySegment block, long from, int n) {
        long h = n;
        int at = 0;
        for (; at + Long.BYTES <= n; at += Long.BYTES) {
            h = (h ^ block.get(LONG, from + at)) * PRIME;
            h ^= h >>> 32;
        }
        return at == n ? h : (h ^ tail(block, from + at, n - at)) * PRIME;
    }

    /** The last bytes, fewer than a word. */
    private static long tail(MemorySegment block, long from, int n) {
        long word = 0;
        for (int i = 0; i < n; i++) {
            word = (word << 8) | (block.get(BYTE, from + i) & 0xff);
        }
        return word;
    }
}

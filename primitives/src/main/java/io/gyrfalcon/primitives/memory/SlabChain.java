package io.gyrfalcon.primitives.memory;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Bytes that wait, in the order they came. Loop-owned, or of whoever else is alone with it.
 *
 * <p>An empty chain owns no slab. Each method that adds bytes may throw {@link OutOfSlabs}; what
 * was added before stays.
 */
@LoopOwned
@HotPath
public final class SlabChain {
    /*
     * The slabs are the nodes: `next` links them, and `start` and `end` bound the bytes of each.
     * Every slab holds at least one byte, except that the last may be empty between reserve() and
     * advance(). Slabs grow with the chain (1, 4, 16, 64 KiB), so that a little costs little and
     * much is few runs. What moves and is short is copied, since a run costs more than its bytes.
     */
    private static final int COPIED_BYTES_MAX = 512;
    private static final int FIRST_BYTES = 1 << 10;
    private static final int IOVEC_BYTES = 16;

    private SlabPool pool;
    private @Nullable Slab first;
    private @Nullable Slab last;
    private long bytes;
    private int runs;

    /**
     * An empty chain.
     *
     * @param pool where its slabs come from; the chain's user must be allowed to take there
     */
    public SlabChain(SlabPool pool) {
        this.pool = pool;
    }

    /**
     * Where slabs come from, from now on: for a new owner of the chain. Those that it has stay what
     * they are, and go back to where they came from.
     */
    public void takeFrom(SlabPool next) {
        pool = next;
    }

    /** How many bytes wait. */
    public long bytes() {
        return bytes;
    }

    /** Whether no byte waits. */
    public boolean isEmpty() {
        return bytes == 0;
    }

    /**
     * Makes room at {@link #tail()}. The room is lost if another method but {@link #advance} is
     * called first.
     *
     * @param n 0 to 64 KiB contiguous bytes
     */
    public void reserve(int n) {
        assert n >= 0 && n <= SlabPool.POOLED_BYTES_MAX : n;
        Slab last = this.last;
        if (last == null || last.capacity() - last.end < n) grow(n);
    }

    /** Where to write what {@link #reserve} made room for. */
    public MemorySegment tail() {
        return notNull(last).segment();
    }

    /** Offset of the room in {@link #tail()}. */
    public long tailOffset() {
        return notNull(last).end;
    }

    /** How many bytes can be written at {@link #tail()} now. */
    public int tailRoom() {
        Slab last = this.last;
        return last == null ? 0 : last.capacity() - last.end;
    }

    /**
     * Adds the bytes written at {@link #tail()}.
     *
     * @param n at most what was reserved
     */
    public void advance(int n) {
        if (n == 0) return;
        Slab last = notNull(this.last);
        assert n > 0 && n <= last.capacity() - last.end : n;
        if (last.start == last.end) runs++;
        last.end += n;
        bytes += n;
    }

    /**
     * Adds a copy of bytes.
     *
     * @param source where they are
     * @param offset of the first
     * @param length how many
     */
    public void append(MemorySegment source, long offset, int length) {
        int done = 0;
        while (done < length) {
            int part = roomFor(length - done);
            MemorySegment.copy(source, offset + done, tail(), tailOffset(), part);
            advance(part);
            done += part;
        }
    }

    /**
     * Adds a copy of bytes.
     *
     * @param source where they are
     * @param offset of the first
     * @param length how many
     */
    public void append(byte[] source, int offset, int length) {
        int done = 0;
        while (done < length) {
            int part = roomFor(length - done);
            MemorySegment.copy(
                    source, offset + done, tail(), ValueLayout.JAVA_BYTE, tailOffset(), part);
            advance(part);
            done += part;
        }
    }

    /**
     * Adds a slab's bytes, and owns the slab from now on, whatever happens.
     *
     * @param slab taken by the caller, from any pool
     * @param from offset of the first byte
     * @param to offset after the last
     */
    public void append(Slab slab, int from, int to) {
        assert from >= 0 && from <= to && to <= slab.capacity() : from + " to " + to;
        if (to - from <= Math.min(COPIED_BYTES_MAX, tailRoom())) {
            if (from < to) append(slab.segment(), from, to - from);
            slab.release();
            return;
        }
        slab.start = from;
        slab.end = to;
        link(slab);
    }

    /**
     * Moves bytes from here to the end of another chain.
     *
     * @param target another chain
     * @param n how many, at most {@link #bytes()}
     */
    public void moveTo(SlabChain target, int n) {
        assert target != this && n >= 0 && n <= bytes : n;
        int left = n;
        while (left > 0) {
            Slab slab = notNull(first);
            int part = slab.end - slab.start;
            if (part > left) {
                moveStart(slab, target, left);
                return;
            }
            unlinkFirst(slab);
            left -= part;
            target.append(slab, slab.start, slab.end);
        }
        if (bytes == 0) clear();
    }

    /** The segment of the first bytes; the chain is not empty. */
    public MemorySegment head() {
        return notNull(first).segment();
    }

    /** Offset of the first byte in {@link #head()}. */
    public long headOffset() {
        return notNull(first).start;
    }

    /** How many bytes are contiguous from {@link #headOffset()}; 0 if the chain is empty. */
    public int headBytes() {
        Slab first = this.first;
        return first == null ? 0 : first.end - first.start;
    }

    /** In how many contiguous runs the bytes lie. */
    public int runs() {
        return runs;
    }

    /**
     * The segment of a run.
     *
     * @param i less than {@link #runs()}; the time taken grows with it
     */
    public MemorySegment run(int i) {
        return slab(i).segment();
    }

    /**
     * Offset of a run's first byte in its segment.
     *
     * @param i less than {@link #runs()}
     */
    public long runOffset(int i) {
        return slab(i).start;
    }

    /**
     * Bytes of a run.
     *
     * @param i less than {@link #runs()}
     */
    public int runBytes(int i) {
        Slab slab = slab(i);
        return slab.end - slab.start;
    }

    /**
     * Writes the first runs as an array of {@code struct iovec} of a 64-bit system: address and
     * length, eight bytes each.
     *
     * @param iovecs room for {@code runsMax} entries, aligned to 8
     * @param runsMax how many at most
     * @return how many were written
     */
    public int toIovecs(MemorySegment iovecs, int runsMax) {
        final int count = Math.min(runs, runsMax);
        Slab slab = first;
        for (int i = 0; i < count; i++) {
            slab = notNull(slab);
            long at = (long) i * IOVEC_BYTES;
            iovecs.set(ValueLayout.JAVA_LONG, at, slab.segment().address() + slab.start);
            iovecs.set(ValueLayout.JAVA_LONG, at + 8, slab.end - slab.start);
            slab = slab.next;
        }
        return count;
    }

    /**
     * Removes bytes from the front.
     *
     * @param n how many, at most {@link #bytes()}
     */
    public void consume(long n) {
        assert n >= 0 && n <= bytes : n;
        long left = n;
        while (left > 0) {
            Slab slab = notNull(first);
            int part = slab.end - slab.start;
            if (part > left) {
                slab.start += (int) left;
                bytes -= left;
                return;
            }
            unlinkFirst(slab);
            slab.release();
            left -= part;
        }
        if (bytes == 0) clear();
    }

    /** Removes all bytes, and gives back what was reserved. */
    public void clear() {
        Slab slab = first;
        first = null;
        last = null;
        bytes = 0;
        runs = 0;
        while (slab != null) {
            Slab after = slab.next;
            slab.release();
            slab = after;
        }
    }

    private void moveStart(Slab slab, SlabChain target, int n) {
        long before = target.bytes;
        try {
            target.append(slab.segment(), slab.start, n);
        } finally {
            consume(target.bytes - before);
        }
    }

    /** Room at the tail, at least one byte, for at most so many. */
    private int roomFor(int wanted) {
        if (tailRoom() == 0) grow(Math.min(wanted, SlabPool.POOLED_BYTES_MAX));
        return Math.min(wanted, tailRoom());
    }

    private void grow(int n) {
        long wanted = Math.max(n, Math.max(FIRST_BYTES, 2 * bytes));
        link(pool.take((int) Math.min(wanted, SlabPool.POOLED_BYTES_MAX)));
    }

    /** Adds a slab at the end, in the place of one that is only reserved. */
    private void link(Slab slab) {
        dropReserved();
        Slab last = this.last;
        if (last == null) first = slab;
        else last.next = slab;
        this.last = slab;
        int length = slab.end - slab.start;
        if (length == 0) return;
        bytes += length;
        runs++;
    }

    private void dropReserved() {
        Slab reserved = last;
        if (reserved == null || reserved.start < reserved.end) return;
        Slab before = null;
        for (Slab slab = notNull(first); slab != reserved; slab = notNull(slab.next)) before = slab;
        if (before == null) first = null;
        else before.next = null;
        last = before;
        reserved.release();
    }

    private void unlinkFirst(Slab slab) {
        first = slab.next;
        if (first == null) last = null;
        slab.next = null;
        bytes -= slab.end - slab.start;
        runs--;
    }

    private Slab slab(int i) {
        assert i >= 0 && i < runs : i;
        Slab slab = notNull(first);
        for (int left = i; left > 0; left--) slab = notNull(slab.next);
        return slab;
    }

    private static Slab notNull(@Nullable Slab slab) {
        assert slab != null : "the chain has no such slab";
        return slab;
    }
}

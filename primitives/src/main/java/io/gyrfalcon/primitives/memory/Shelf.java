package io.gyrfalcon.primitives.memory;

import io.gyrfalcon.primitives.HotPath;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The slabs of one owner at a time: a loop's, or one stripe of a shared pool, owned by the thread
 * that has entered it. {@link #release} alone may be called by any thread.
 */
@HotPath
final class Shelf {
    /*
     * Who is the owner. `owner` is opaque: a thread finds itself there only while it is the owner,
     * since it becomes the owner, and stops being it, by what it does itself; what another thread
     * finds there is never itself. It is a number, since owners change several times within a call
     * and a reference would cost the collector's barrier each time.
     *
     * Who may touch what. Free lists, chunks and the count of live slabs belong to the owner. A
     * thread that is not the owner pushes a released slab on `returned`, a Treiber stack through
     * Slab.next. Only the owner takes from that stack, and always all of it with one exchange, so
     * that there is no ABA. It does so when a free list is empty: a slab that a foreign thread has
     * returned costs the owner nothing until it is needed.
     *
     * After close() nobody owns the shelf. Slabs that come back late are retired by whoever brings
     * them, under the monitor.
     */
    static final int LARGEST = 64 << 10;

    private static final int CLASSES = 4;
    private static final VarHandle RETURNED;
    private static final VarHandle LIVE;
    private static final VarHandle OWNER;
    private static final VarHandle ENTERED;
    private static final long NOBODY = 0;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            RETURNED = lookup.findVarHandle(Shelf.class, "returned", Slab.class);
            LIVE = lookup.findVarHandle(Shelf.class, "live", long.class);
            OWNER = lookup.findVarHandle(Shelf.class, "owner", long.class);
            ENTERED = lookup.findVarHandle(Shelf.class, "entered", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Budget budget;
    private final SizeClass[] classes = {
        new SizeClass(1 << 10, 32),
        new SizeClass(4 << 10, 16),
        new SizeClass(16 << 10, 8),
        new SizeClass(LARGEST, 4),
    };
    private final LargeSlabs large = new LargeSlabs();

    /**
     * Whose thread id may take, and release directly; {@link #NOBODY} where that is settled by
     * {@link #tryEnter}.
     */
    private long owner;

    /** Taken, and not yet back in a free list. Written by the owner. */
    private long live;

    private volatile boolean closed;

    // Written by other threads.
    private @Nullable Slab returned;
    private int entered;

    Shelf(Budget budget, @Nullable Thread thread) {
        this.budget = budget;
        ownedBy(thread);
    }

    static int classOf(int bytes) {
        if (bytes <= 1 << 10) return 0;
        return (23 - Integer.numberOfLeadingZeros(bytes - 1)) >> 1;
    }

    void ownedBy(@Nullable Thread thread) {
        ownerOpaque(thread == null ? NOBODY : thread.threadId());
    }

    boolean isOwner(Thread thread) {
        return ownerOpaque() == thread.threadId();
    }

    /** Makes the caller the owner of a stripe, unless another thread is. */
    boolean tryEnter() {
        return (int) ENTERED.getOpaque(this) == 0 && ENTERED.compareAndSet(this, 0, 1);
    }

    void leave() {
        ENTERED.setRelease(this, 0);
    }

    /** Owner only. Returns null if the budget is used up. */
    @Nullable Slab take(int bytesMin) {
        if (bytesMin > LARGEST) return takeLarge(bytesMin);
        int index = classOf(bytesMin);
        Slab slab = classes[index].pop();
        if (slab == null) {
            slab = takeSlow(index);
            if (slab == null) return null;
        }
        return taken(slab);
    }

    /** Any thread; the slab is free by now. */
    void release(Slab slab) {
        if (isOwner(Thread.currentThread())) {
            recycle(slab);
            return;
        }
        Slab top = returnedOpaque();
        while (true) {
            slab.next = top;
            Slab seen = returnedExchange(top, slab);
            if (seen == top) break;
            top = seen;
        }
        if (closed) retireReturned();
    }

    /** Exact when nobody takes or releases. Any thread. */
    long outstanding() {
        long count = (long) LIVE.getOpaque(this);
        long bound = count;
        // Bounded, since the owner may be relinking what is walked here.
        for (Slab slab = returnedAcquire(); slab != null && bound > 0; slab = slab.next) {
            count--;
            bound--;
        }
        return count;
    }

    /** Owner only. Gives back what was not needed since the last time. Returns the bytes. */
    long trim() {
        drainReturned();
        long bytes = large.trim();
        for (SizeClass size : classes) bytes += size.trim();
        budget.release(bytes);
        return bytes;
    }

    /**
     * Owner only, once. Slabs still taken keep their part of the budget until they are released.
     */
    void close() {
        ownerOpaque(NOBODY);
        closed = true;
        retireReturned();
    }

    boolean isClosed() {
        return closed;
    }

    /** Who holds slabs, for the message of a failed test. */
    void describe(StringBuilder text) {
        for (SizeClass size : classes) {
            for (Chunk chunk = size.chunks(); chunk != null; chunk = chunk.next) {
                for (Slab slab : chunk.slabs) describe(slab, text);
            }
        }
    }

    private static void describe(Slab slab, StringBuilder text) {
        if (!slab.isTaken()) return;
        text.append("\n  a slab of ").append(slab.capacity()).append(" bytes");
        Throwable takenBy = slab.takenBy();
        if (takenBy == null) return;
        text.append(", ").append(takenBy.getMessage());
        for (StackTraceElement frame : takenBy.getStackTrace()) {
            text.append("\n    at ").append(frame);
        }
    }

    private Slab taken(Slab slab) {
        slab.onTaken();
        liveOpaque(live + 1);
        return slab;
    }

    private void recycle(Slab slab) {
        liveOpaque(live - 1);
        if (slab.capacity() <= LARGEST) {
            classes[classOf(slab.capacity())].push(slab);
        } else if (!large.push(slab)) {
            slab.next = null;
            slab.chunk.free();
            budget.release(slab.capacity());
        }
    }

    private @Nullable Slab takeSlow(int index) {
        SizeClass size = classes[index];
        drainReturned();
        Slab slab = size.pop();
        if (slab != null) return slab;
        // Where a chunk does not fit any more, one slab may.
        if (grow(size, size.chunkBytes()) || grow(size, size.slabBytes)) return size.pop();
        for (int i = index + 1; i < CLASSES && slab == null; i++) slab = classes[i].pop();
        return slab;
    }

    private boolean grow(SizeClass size, long bytes) {
        if (!reserve(bytes)) return false;
        try {
            size.grow(this, bytes);
            return true;
        } catch (OutOfMemoryError e) {
            budget.release(bytes);
            return false;
        }
    }

    private @Nullable Slab takeLarge(int bytesMin) {
        drainReturned();
        Slab slab = large.pop(bytesMin);
        if (slab != null) return taken(slab);
        long bytes = LargeSlabs.roundedUp(bytesMin);
        if (bytes > Integer.MAX_VALUE || !reserve(bytes)) return null;
        try {
            return taken(large.allocate(this, bytes));
        } catch (OutOfMemoryError e) {
            budget.release(bytes);
            return null;
        }
    }

    private boolean reserve(long bytes) {
        if (budget.tryReserve(bytes)) return true;
        budget.release(trimAll());
        return budget.tryReserve(bytes);
    }

    private long trimAll() {
        long bytes = large.trimAll();
        for (SizeClass size : classes) bytes += size.trimAll();
        return bytes;
    }

    private void drainReturned() {
        if (returnedOpaque() == null) return;
        Slab slab = returnedTakeAll();
        while (slab != null) {
            Slab after = slab.next;
            recycle(slab);
            slab = after;
        }
    }

    private synchronized void retireReturned() {
        drainReturned();
        budget.release(trimAll());
    }

    private void liveOpaque(long value) {
        LIVE.setOpaque(this, value);
    }

    private long ownerOpaque() {
        return (long) OWNER.getOpaque(this);
    }

    private void ownerOpaque(long threadId) {
        OWNER.setOpaque(this, threadId);
    }

    private @Nullable Slab returnedOpaque() {
        return (Slab) RETURNED.getOpaque(this);
    }

    private @Nullable Slab returnedAcquire() {
        return (Slab) RETURNED.getAcquire(this);
    }

    private @Nullable Slab returnedExchange(@Nullable Slab seen, Slab value) {
        return (Slab) RETURNED.compareAndExchange(this, seen, value);
    }

    private @Nullable Slab returnedTakeAll() {
        return (Slab) RETURNED.getAndSet(this, null);
    }
}

package io.gyrfalcon.primitives.memory;

import io.gyrfalcon.primitives.HotPath;

import org.jspecify.annotations.Nullable;

/**
 * Where slabs come from: size classes of 1, 4, 16 and 64 KiB with bounded, last-in first-out free
 * lists, and single allocations above. A loop's pool is owned by one thread at a time, a shared one
 * by none.
 *
 * <p>All memory is native and counted against a {@link Budget}, in chunks; a chunk counts while one
 * of its slabs is in use or it is kept for later. {@link #trim()} gives back what is not needed.
 */
@HotPath
public final class SlabPool implements AutoCloseable {
    /** The largest pooled size in bytes; what is larger costs an allocation. */
    public static final int POOLED_BYTES_MAX = Shelf.LARGEST;

    /** Whether each slab remembers who took it: system property {@code gyrfalcon.slabs.traced}. */
    static final boolean TRACED = Boolean.getBoolean("gyrfalcon.slabs.traced");

    private static final int STRIPES_MAX = 8;
    private static final int SPINS_BEFORE_YIELD = 64;

    private final Budget budget;
    private final boolean isShared;
    private final Shelf first;
    private final Shelf[] stripes;

    private SlabPool(Budget budget, boolean isShared, Shelf[] stripes) {
        this.budget = budget;
        this.isShared = isShared;
        this.stripes = stripes;
        this.first = stripes[0];
    }

    /**
     * A pool for one owner, at first the calling thread.
     *
     * @param budget what its memory counts against
     */
    public static SlabPool forLoop(Budget budget) {
        Shelf shelf = new Shelf(budget, Thread.currentThread());
        return new SlabPool(budget, false, new Shelf[] {shelf});
    }

    /**
     * A pool from which any thread may take.
     *
     * @param budget what its memory counts against
     */
    public static SlabPool shared(Budget budget) {
        int processors = Math.min(STRIPES_MAX, Runtime.getRuntime().availableProcessors());
        Shelf[] stripes = new Shelf[Integer.highestOneBit(2 * processors - 1)];
        for (int i = 0; i < stripes.length; i++) stripes[i] = new Shelf(budget, null);
        return new SlabPool(budget, true, stripes);
    }

    /**
     * Hands a loop's pool over. Called by the owner, or while nobody uses the pool, and ordered
     * before the new owner's first use by whatever starts that.
     *
     * @param thread who may take and release directly, from now on; {@code null}: nobody
     */
    public void ownedBy(@Nullable Thread thread) {
        assert !isShared : "a shared pool has no owner";
        first.ownedBy(thread);
    }

    /**
     * A slab, contents undefined. Owner only, unless the pool is shared.
     *
     * @param bytesMin the least capacity, at least 0
     * @throws OutOfSlabs if the budget is used up
     */
    public Slab take(int bytesMin) {
        assert bytesMin >= 0 : bytesMin;
        assert !first.isClosed() : "pool is closed";
        if (isShared) return takeShared(bytesMin);
        assert first.isOwner(Thread.currentThread()) : "taken by a thread that is not the owner";
        Slab slab = first.take(bytesMin);
        if (slab == null) throw outOfSlabs(bytesMin);
        return slab;
    }

    /**
     * How many slabs are taken and not returned. Any thread; exact when nobody takes or releases.
     */
    public long outstanding() {
        long count = 0;
        for (Shelf shelf : stripes) count += shelf.outstanding();
        return count;
    }

    /**
     * Gives the memory back that was not needed since the last call, but one chunk of each size. To
     * be called now and then, say once a second and when a loop goes idle. Owner only, unless the
     * pool is shared.
     *
     * @return the bytes given back to the budget
     */
    public long trim() {
        if (!isShared) return first.trim();
        long bytes = 0;
        for (Shelf shelf : stripes) {
            if (!shelf.tryEnter()) continue;
            try {
                bytes += shelf.trim();
            } finally {
                shelf.leave();
            }
        }
        return bytes;
    }

    /** The budget its memory counts against. */
    public Budget budget() {
        return budget;
    }

    /**
     * Gives all memory back; nobody takes any more. Slabs that are still taken stay valid, and
     * their memory is given back when they are released.
     */
    @Override
    public void close() {
        for (Shelf shelf : stripes) shelf.close();
    }

    /**
     * One line for each slab that is taken (of the pooled sizes), and who took it if the system
     * property {@code gyrfalcon.slabs.traced} is true. For diagnosis, while nothing moves.
     */
    public String describeOutstanding() {
        StringBuilder text = new StringBuilder();
        text.append(outstanding()).append(" slabs outstanding");
        for (Shelf shelf : stripes) shelf.describe(text);
        return text.toString();
    }

    private Slab takeShared(int bytesMin) {
        int start = (int) Thread.currentThread().threadId();
        int emptyStripes = 0;
        for (int i = 0; emptyStripes < stripes.length; i++) {
            Shelf shelf = stripes[(start + i) & (stripes.length - 1)];
            if (!shelf.tryEnter()) {
                pause(i);
                continue;
            }
            try {
                Slab slab = shelf.take(bytesMin);
                if (slab != null) return slab;
            } finally {
                shelf.leave();
            }
            emptyStripes++;
        }
        throw outOfSlabs(bytesMin);
    }

    @SuppressWarnings("ThreadPriorityCheck") // The holder may wait for this very processor.
    private static void pause(int tries) {
        if (tries < SPINS_BEFORE_YIELD) Thread.onSpinWait();
        else Thread.yield();
    }

    private OutOfSlabs outOfSlabs(int bytesMin) {
        return new OutOfSlabs(
                "memory budget used up: "
                        + budget.usedBytes()
                        + " of "
                        + budget.bytesMax()
                        + " bytes reserved, wanted: "
                        + bytesMin);
    }
}

package io.gyrfalcon.primitives.memory;

import io.gyrfalcon.primitives.HotPath;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * One block of native memory. Owned by whoever took it from its {@link SlabPool}, until {@link
 * #release()}; any thread may call that.
 *
 * <p>A use after the release reads or overwrites somebody else's bytes, or throws an {@link
 * IllegalStateException} where the memory went back to the system; assertions find it. A bare
 * address is nobody's to keep: what names it to a system call holds the slab until that returns.
 */
@HotPath
public final class Slab {
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Slab.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Shelf home;
    final Chunk chunk;

    /** The next in whatever list it is in: free list, returned list or chain. */
    @Nullable Slab next;

    /** Where the bytes of a chain begin and end. */
    int start;

    int end;

    private final MemorySegment segment;
    private final int capacity;

    /** Twice the generation, plus one while taken. */
    private int state;

    private @Nullable ByteBuffer buffer;

    /** Who took it, while {@link SlabPool#TRACED}. */
    private @Nullable Throwable takenBy;

    Slab(Shelf home, Chunk chunk, MemorySegment segment) {
        this.home = home;
        this.chunk = chunk;
        this.segment = segment;
        this.capacity = (int) segment.byteSize();
    }

    /** The memory: native, {@link #capacity()} bytes, contents undefined. */
    public MemorySegment segment() {
        assert isTaken() : "used after release";
        return segment;
    }

    /**
     * The memory as a direct buffer, always the same one: position and limit are as left, so clear
     * it first.
     */
    public ByteBuffer buffer() {
        assert isTaken() : "used after release";
        ByteBuffer buffer = this.buffer;
        if (buffer == null) {
            buffer = segment.asByteBuffer();
            this.buffer = buffer;
        }
        return buffer;
    }

    /** How many bytes it has: at least as many as were asked for. */
    public int capacity() {
        return capacity;
    }

    /** How often it was released: differs for a reference that was kept too long. Any thread. */
    public int generation() {
        return stateOpaque() >>> 1;
    }

    /** Whether it is taken. Any thread. */
    public boolean isTaken() {
        return (stateOpaque() & 1) != 0;
    }

    /**
     * Returns it to its pool. Any thread, once.
     *
     * @throws IllegalStateException if it was released already
     */
    public void release() {
        int state = stateOpaque();
        if ((state & 1) == 0 || !casState(state, state + 1)) throw releasedTwice();
        home.release(this);
    }

    @Nullable Throwable takenBy() {
        return takenBy;
    }

    /** Called by its shelf only, which nobody else touches while the slab is free. */
    void onTaken() {
        int state = stateOpaque();
        assert (state & 1) == 0 : "in the free list while taken";
        next = null;
        start = 0;
        end = 0;
        stateOpaque(state + 1);
        if (SlabPool.TRACED) takenBy = new Throwable("taken by " + Thread.currentThread());
    }

    private static IllegalStateException releasedTwice() {
        return new IllegalStateException("slab released twice");
    }

    private int stateOpaque() {
        return (int) STATE.getOpaque(this);
    }

    private void stateOpaque(int value) {
        STATE.setOpaque(this, value);
    }

    private boolean casState(int seen, int value) {
        return STATE.compareAndSet(this, seen, value);
    }
}

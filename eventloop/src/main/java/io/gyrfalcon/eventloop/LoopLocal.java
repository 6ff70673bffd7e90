package io.gyrfalcon.eventloop;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A key for state that an upper module keeps once per loop. Immutable, meant to be held in a static
 * field.
 *
 * <p>A value that is {@link AutoCloseable} is closed when its loop ends, after all its sockets.
 */
public abstract class LoopLocal<T> {
    private static final AtomicInteger KEYS = new AtomicInteger();

    private final int slot = KEYS.getAndIncrement();

    /** A new key; each takes one slot in every loop that uses it. */
    protected LoopLocal() {}

    /** Makes the value of one loop, on that loop, on first use. */
    protected abstract T make(Loop loop);

    int slot() {
        return slot;
    }
}

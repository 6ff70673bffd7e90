package io.gyrfalcon.primitives.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of native memory may be held. Any thread.
 *
 * <p>Pools reserve whole chunks, so that the count is touched seldom.
 */
public final class Budget {
    private final long bytesMax;
    private final long bytesTight;
    private final AtomicLong used = new AtomicLong();

    /**
     * A budget of its own.
     *
     * @param bytesMax what may be reserved at any time, at least 1
     */
    public Budget(long bytesMax) {
        if (bytesMax < 1) {
            throw new IllegalArgumentException("bytesMax: " + bytesMax + " (expected: >= 1)");
        }
        this.bytesMax = bytesMax;
        this.bytesTight = bytesMax - bytesMax / 20;
    }

    /**
     * The budget of this process: the smaller of a quarter of the container's memory and half of
     * what the maximum heap leaves of it, at most seven eighths of the maximum heap, at least 32
     * MiB (half the maximum heap where the container's memory is not known); or the system property
     * {@code gyrfalcon.memory.max}, a number of bytes or with the suffix k, m or g, at least 1 MiB.
     *
     * @throws IllegalArgumentException when the property is something else
     */
    public static Budget process() {
        return ProcessBudget.get();
    }

    /**
     * Reserves if that does not exceed the maximum.
     *
     * @param bytes at least 0
     * @return false, and nothing reserved, if it would
     */
    public boolean tryReserve(long bytes) {
        assert bytes >= 0 : bytes;
        while (true) {
            long before = used.get();
            if (bytes > bytesMax - before) return false;
            if (used.compareAndSet(before, before + bytes)) return true;
        }
    }

    /**
     * Gives back what was reserved.
     *
     * @param bytes as reserved
     */
    public void release(long bytes) {
        long after = used.addAndGet(-bytes);
        assert bytes >= 0 && after >= 0 : bytes + " bytes released, then used: " + after;
    }

    /** What is reserved now. */
    public long usedBytes() {
        return used.get();
    }

    /** What may be reserved. */
    public long bytesMax() {
        return bytesMax;
    }

    /** Whether 95% or more is reserved: time to refuse new work. */
    public boolean isTight() {
        return used.get() >= bytesTight;
    }
}

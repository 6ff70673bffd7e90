package io.gyrfalcon.primitives.count;

import io.gyrfalcon.primitives.HotPath;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A number that one thread at a time changes and any thread reads. Wait-free on both sides: a
 * change is a plain addition and an opaque store, never a locked instruction.
 */
@HotPath
public final class Counter {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Counter.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long value;

    /** Zero. */
    public Counter() {}

    /** Adds one. The writer only. */
    public void increment() {
        valueOpaque(value + 1);
    }

    /**
     * Adds. The writer only.
     *
     * @param amount may be negative, for a gauge
     */
    public void add(long amount) {
        valueOpaque(value + amount);
    }

    /** The number, seen soon after it was written. Any thread. */
    public long value() {
        return (long) VALUE.getOpaque(this);
    }

    private void valueOpaque(long value) {
        VALUE.setOpaque(this, value);
    }
}

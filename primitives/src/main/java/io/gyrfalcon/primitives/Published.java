package io.gyrfalcon.primitives;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One reference to an immutable snapshot (read-copy-update): written seldom, read by any thread.
 *
 * <p>A reader calls {@link #get()} once per decision and works on what it got.
 *
 * @param <T> the snapshot's type; immutable
 */
public final class Published<T> {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Published.class, "value", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private T value;

    /**
     * Publishes a first snapshot.
     *
     * @param first what readers see until the first {@link #publish}
     */
    public Published(T first) {
        value = first;
        VarHandle.releaseFence();
    }

    /** The snapshot published last. Any thread; one acquire load. */
    public T get() {
        return valueAcquire();
    }

    /**
     * Replaces the snapshot, whatever it was. Any thread.
     *
     * @param next the new snapshot, complete
     */
    public void publish(T next) {
        VALUE.setRelease(this, next);
    }

    @SuppressWarnings("unchecked")
    private T valueAcquire() {
        return (T) VALUE.getAcquire(this);
    }
}

package io.gyrfalcon.grpc.client;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/**
 * A queue that holds one element itself, as most calls have one message each way, and more where it
 * has to. One thread at a time.
 *
 * @param <E> the type of the elements
 */
final class Few<E> {
    private @Nullable E first;
    private @Nullable ArrayDeque<E> others;

    /** Behind all others. */
    void add(E element) {
        ArrayDeque<E> behind = others;
        if (first == null) {
            first = element;
        } else if (behind == null) {
            behind = new ArrayDeque<>();
            behind.add(element);
            others = behind;
        } else {
            behind.add(element);
        }
    }

    /** The one that has been in here longest, or {@code null}. */
    @Nullable E poll() {
        E found = first;
        ArrayDeque<E> behind = others;
        first = behind == null ? null : behind.poll();
        return found;
    }

    boolean isEmpty() {
        return first == null;
    }

    int size() {
        if (first == null) return 0;
        ArrayDeque<E> behind = others;
        return behind == null ? 1 : 1 + behind.size();
    }
}

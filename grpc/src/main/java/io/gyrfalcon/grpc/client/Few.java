package io.gyrfalcon.grpc.client;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * A queue that holds one element itself, as most calls have one message each way, and more where it
 * has to. One thread at a time.
 *
 * @param <E> the type of the elements
 */
final class Few<E> {
    private static final int GONE_MAX = 64;

    private @Nullable E first;

    /** Those behind it, after {@link #gone} that have been taken. */
    private @Nullable List<E> others;

    private int gone;

    /** Behind all others. */
    void add(E element) {
        if (first == null) {
            first = element;
            return;
        }
        if (others == null) others = new ArrayList<>();
        others.add(element);
    }

    /** The one that has been in here longest, or {@code null}. */
    @Nullable E poll() {
        E found = first;
        List<E> behind = others;
        if (behind == null || gone == behind.size()) {
            first = null;
            return found;
        }
        first = behind.get(gone++);
        if (gone >= GONE_MAX && gone >= behind.size() / 2) {
            behind.subList(0, gone).clear();
            gone = 0;
        }
        return found;
    }

    /**
     * One that stays.
     *
     * @param index 0 for the one that has been in here longest
     * @throws IndexOutOfBoundsException if there are not so many
     */
    E get(int index) {
        if (index == 0 && first != null) return first;
        if (others == null) throw new IndexOutOfBoundsException(index);
        return others.get(gone + index - 1);
    }

    boolean isEmpty() {
        return first == null;
    }

    int size() {
        if (first == null) return 0;
        List<E> behind = others;
        return behind == null ? 1 : 1 + behind.size() - gone;
    }
}

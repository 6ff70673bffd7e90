package io.gyrfalcon.eventloop.run;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** How many runners are expected to come back to the ring soon. Any thread. */
final class Crew {
    /*
     * One word: the number of the crew above, its size below. Writing a crew off raises the number;
     * who was counted in an earlier one is no longer subtracted.
     */
    static final int NONE = -1;

    private static final int NUMBER_SHIFT = 32;
    private static final long SIZE_MASK = 0xffff_ffffL;
    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(Crew.class, "word", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long word;

    /** The number of the present crew, never {@link #NONE}. */
    int number() {
        return numberOf(word);
    }

    private static int numberOf(long word) {
        return (int) (word >>> NUMBER_SHIFT);
    }

    int size() {
        return (int) (word & SIZE_MASK);
    }

    boolean isEmpty() {
        return size() == 0;
    }

    /** One more in the present crew, whose number is returned. */
    int enter() {
        return numberOf((long) WORD.getAndAdd(this, 1L));
    }

    /** One less, if that crew is still the present one. */
    void leave(int number) {
        while (true) {
            long seen = word;
            if (numberOf(seen) != number) return;
            if (WORD.compareAndSet(this, seen, seen - 1)) return;
        }
    }

    /** Begins a new crew without members. By the loop. */
    void writeOff() {
        while (true) {
            long seen = word;
            long next = (long) ((numberOf(seen) + 1) & Integer.MAX_VALUE) << NUMBER_SHIFT;
            if (WORD.compareAndSet(this, seen, next)) return;
        }
    }
}

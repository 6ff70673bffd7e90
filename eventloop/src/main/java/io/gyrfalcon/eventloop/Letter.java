package io.gyrfalcon.eventloop;

/** Something that another thread wants done on a loop. */
@FunctionalInterface
public interface Letter {
    /**
     * Called on the loop, in posting order of each thread. An exception is logged and goes no
     * further.
     */
    void deliver(Loop loop);

    /**
     * Called instead of {@link #deliver} when the loop ended between posting and delivery, on any
     * one thread, so that what the letter carries can be released.
     */
    default void onUndelivered() {}
}

package io.gyrfalcon.eventloop.run;

/**
 * What a carried runner does: a call's callbacks, as a rule. A task that is over when it has run,
 * and has nothing to tell its loop, is no more than its {@link #run}.
 */
public interface CarriedTask {
    /**
     * In the engine, right before {@link #run}: what only the loop's owner may touch.
     *
     * @param runner holds what was submitted along with the task
     */
    default void onMounted(CarriedRunner runner) {}

    /** User code, on the runner. May park, and may lose the loop on the way. */
    void run(CarriedRunner runner);

    /**
     * In the engine, once after each {@link #run}: whether the task is over. Where not it is run
     * again, by the same runner. Where the loop has ended it is asked outside of any engine.
     *
     * @param runner as {@link #run} has left it
     */
    default boolean isAtRest(CarriedRunner runner) {
        return true;
    }

    /** Whether {@link #onMeasured} is to be told: it costs two looks at the clock. */
    default boolean isMeasured() {
        return false;
    }

    /**
     * In the engine: so long did user code hold the loop for this task, in one mount, or until the
     * loop was taken from it. Only where {@link #isMeasured}.
     */
    default void onMeasured(long nanos) {}

    /**
     * In the engine: user code has parked in this task, and the loop goes on meanwhile.
     *
     * @param runner that parks with it
     */
    default void onParked(CarriedRunner runner) {}

    /**
     * In the engine, by its new owner: the loop was taken while this task ran, and goes on without
     * it. From now on task and loop run at the same time.
     *
     * @param runner that still runs it
     */
    default void onTaken(CarriedRunner runner) {}
}

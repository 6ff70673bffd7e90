package io.gyrfalcon.eventloop;

/** Something to do once at the end of the current turn. Loop-owned. */
@FunctionalInterface
public interface TurnTask {
    /**
     * Called on the loop after sockets, letters and timers of this turn. An exception is logged.
     */
    void onTurnEnd(Loop loop);
}

package io.gyrfalcon.eventloop.run;

/**
 * Where tasks run that may block: recycled virtual threads of the JDK's scheduler, fed by one loop.
 * Loop-owned.
 */
public final class Runners {
    /** Runners of a loop that {@code wakeUp} wakes from any thread. */
    public Runners(Runnable wakeUp, int idleMax, boolean batching) {}

    /** Runs tasks on the loop itself at the end of the turn: for simulators. */
    public static Runners inline() {
        return new Runners(() -> {}, 0, true);
    }

    /** Queues a task; it is handed over at the end of the turn. Never refuses. */
    public void submit(Runnable task) {}

    /** Gives a task that is known to block a runner of its own, at once. */
    public void submitAlone(Runnable task) {}

    /** Hands over what was submitted in this turn. By the loop, once per turn. */
    public void handOver(long nowNanos) {}

    /**
     * When the loop must look after its runners again; {@link Long#MAX_VALUE}: not before the next
     * hand-over.
     */
    public long nanosToNext(long nowNanos) {
        return Long.MAX_VALUE;
    }

    /** Ends runners that have nothing to do; the others end after their task and what is queued. */
    public void close() {}
}

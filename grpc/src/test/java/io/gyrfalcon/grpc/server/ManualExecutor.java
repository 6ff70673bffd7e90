package io.gyrfalcon.grpc.server;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** An executor whose tasks run when a test says so. One thread. */
final class ManualExecutor implements Executor {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    /** Refuses what comes, as one that is shut down. */
    boolean isRefusing;

    int refused;
    int executed;

    @Override
    public void execute(Runnable task) {
        if (isRefusing) {
            refused++;
            throw new RejectedExecutionException("on purpose");
        }
        tasks.add(task);
    }

    /** Forgets what it has taken. */
    void drop() {
        tasks.clear();
    }

    boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** Runs the oldest task. */
    void runOne() {
        Runnable task = tasks.poll();
        if (task == null) return;
        executed++;
        task.run();
    }
}

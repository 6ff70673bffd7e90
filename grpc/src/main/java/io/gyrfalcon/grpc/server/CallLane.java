package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.Loop;

import java.util.concurrent.Executor;

/** Where the tasks of a call run. Any thread. */
abstract class CallLane {

    /** Inline on the loop. */
    static final CallLane DIRECT =
            new CallLane() {
                @Override
                void execute(Loop loop, Runnable task) {
                    if (loop.inLoop()) {
                        task.run();
                    } else {
                        loop.post(on -> task.run());
                    }
                }
            };

    /** On the loop's runners, in one batch with what else this turn brings. */
    static final CallLane RUNNER =
            new CallLane() {
                @Override
                void execute(Loop loop, Runnable task) {
                    if (loop.inLoop()) {
                        loop.runners().submit(task);
                    } else {
                        loop.post(on -> on.runners().submit(task));
                    }
                }

                @Override
                void executeLater(Loop loop, Runnable task) {
                    loop.runners().submitLater(task, loop.nowNanos());
                }
            };

    /** On an executor of the user's. */
    static CallLane of(Executor executor) {
        return new CallLane() {
            @Override
            void execute(Loop loop, Runnable task) {
                executor.execute(task);
            }
        };
    }

    /**
     * Runs a task once, soon.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the user's executor refuses
     */
    abstract void execute(Loop loop, Runnable task);

    /** As {@link #execute}, for what nobody waits for. On the loop. */
    void executeLater(Loop loop, Runnable task) {
        execute(loop, task);
    }
}

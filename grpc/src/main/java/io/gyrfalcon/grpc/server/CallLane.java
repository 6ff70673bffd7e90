package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.run.CarriedRunner;
import io.gyrfalcon.eventloop.run.CarriedTask;
import io.gyrfalcon.eventloop.run.Carrier;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Where the tasks of a call run. Any thread. */
public abstract class CallLane {

    /** Inline on the loop, or on a runner that the loop carries. */
    public static final CallLane DIRECT =
            new CallLane() {
                @Override
                public void execute(Loop loop, Runnable task) {
                    if (loop.inLoop()) {
                        executeHere(loop, task);
                    } else {
                        loop.post(on -> executeHere(on, task));
                    }
                }

                private void executeHere(Loop loop, Runnable task) {
                    Carrier carrier = loop.carrier();
                    if (carrier == null) {
                        task.run();
                    } else {
                        carrier.submit(Carried.of(task), null, CarriedCall.NO_MESSAGE);
                    }
                }
            };

    /** On the loop's runners, in one batch with what else this turn brings. */
    public static final CallLane RUNNER =
            new CallLane() {
                @Override
                public void execute(Loop loop, Runnable task) {
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
    public static CallLane of(Executor executor) {
        return new CallLane() {
            @Override
            public void execute(Loop loop, Runnable task) {
                executor.execute(task);
            }

            @Override
            boolean isUsers() {
                return true;
            }
        };
    }

    /** Something that a runner of a loop runs as it is. */
    private interface Plain extends CarriedTask, Runnable {
        @Override
        default void run(CarriedRunner runner) {
            run();
        }
    }

    /** A task like any other, on a runner that a loop carries. Immutable. */
    private record Carried(Runnable task) implements Plain {
        static CarriedTask of(Runnable task) {
            return task instanceof CarriedTask call ? call : new Carried(task);
        }

        @Override
        public void run() {
            task.run();
        }
    }

    /** A task that a runner of the loop gives to the user's executor. Immutable. */
    private record Aside(CallLane lane, Loop loop, Runnable task, Consumer<Throwable> onRefused)
            implements Plain {
        @Override
        public void run() {
            lane.tryExecute(loop, task, onRefused);
        }
    }

    /**
     * Runs a task once, soon.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the user's executor refuses
     */
    public abstract void execute(Loop loop, Runnable task);

    /** Whether {@link #execute} is user code. */
    boolean isUsers() {
        return false;
    }

    /**
     * As {@link #execute}, on the loop, for what is no call. A user's executor is not called on the
     * stack of a loop that carries runners.
     */
    public final void executeAside(Loop loop, Runnable task, Consumer<Throwable> onRefused) {
        if (isUsers() && loop.carrier() != null) {
            DIRECT.execute(loop, new Aside(this, loop, task, onRefused));
        } else {
            tryExecute(loop, task, onRefused);
        }
    }

    private void tryExecute(Loop loop, Runnable task, Consumer<Throwable> onRefused) {
        try {
            execute(loop, task);
        } catch (Throwable refused) {
            onRefused.accept(refused);
        }
    }

    /** As {@link #execute}, for what nobody waits for. On the loop. */
    void executeLater(Loop loop, Runnable task) {
        execute(loop, task);
    }
}

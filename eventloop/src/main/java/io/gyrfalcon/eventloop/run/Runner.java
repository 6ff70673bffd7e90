package io.gyrfalcon.eventloop.run;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * One recycled thread: takes tasks until there are none, waits to be called, takes tasks. Owned by
 * its thread.
 */
final class Runner implements Runnable {
    private final Runners runners;

    /** The one that sits below on the bench. Written before sitting down, read by the loop. */
    @Nullable Runner below;

    // written by the loop before it wakes
    private @Nullable Thread thread;
    private @Nullable Runnable own;
    private int crew = Crew.NONE;
    private volatile boolean isCalled;

    Runner(Runners runners) {
        this.runners = runners;
    }

    void start(ThreadFactory threads, int number, @Nullable Runnable task) {
        crew = number;
        own = task;
        Thread started = threads.newThread(this);
        thread = started;
        started.start();
    }

    void wake(int number, @Nullable Runnable task) {
        crew = number;
        own = task;
        isCalled = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        Bench bench = runners.bench();
        do {
            bench.begins();
            work();
        } while (waitForCall(bench));
        bench.ended();
    }

    private boolean waitForCall(Bench bench) {
        isCalled = false;
        if (!bench.sit(this)) return false;
        while (!isCalled) {
            // Calls come before the close: whoever sees the close sees whether there was a call.
            if (bench.isClosed()) return isCalled;
            LockSupport.park(this);
        }
        return true;
    }

    /** Takes tasks until there are none. */
    void work() {
        Runnable mine = own;
        if (mine != null) {
            own = null;
            run(mine);
        }
        final Crew present = runners.crew();
        while (true) {
            if (crew != present.number()) crew = present.enter();
            Runnable task = runners.take();
            if (task != null) {
                run(task);
                continue;
            }
            present.leave(crew);
            crew = Crew.NONE;
            if (runners.hasTasks()) continue;
            runners.drained();
            return;
        }
    }

    /** Runs one task; whatever it throws, and an interrupt that it leaves behind, end here. */
    @SuppressWarnings({"ReturnValueIgnored", "ResultOfMethodCallIgnored"})
    static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            log(failure);
        }
        Thread.interrupted();
    }

    static void runAll(Runnable[] tasks) {
        for (Runnable task : tasks) run(task);
    }

    static void log(Throwable failure) {
        try {
            Log.LOGGER.log(System.Logger.Level.ERROR, "a task failed", failure);
        } catch (Throwable ignored) {
            // Out of stack or memory: the runner matters more than its log.
        }
    }

    static void warn(String text) {
        Log.LOGGER.log(System.Logger.Level.WARNING, text);
    }

    private static final class Log {
        static final System.Logger LOGGER = System.getLogger("io.gyrfalcon.eventloop");
    }
}

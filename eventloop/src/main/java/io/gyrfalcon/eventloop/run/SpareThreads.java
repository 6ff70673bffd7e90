package io.gyrfalcon.eventloop.run;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bounded pool of platform threads that take tasks when the JDK's carriers are busy. Any thread.
 */
final class SpareThreads {
    private static final int PER_PROCESSOR = 8;
    private static final int LEAST = 32;
    private static final long IDLE_SECONDS = 2;

    private static final SpareThreads PROCESS =
            new SpareThreads(
                    Math.max(LEAST, PER_PROCESSOR * Runtime.getRuntime().availableProcessors()));

    private final int threadsMax;
    private final AtomicInteger named = new AtomicInteger();
    private @Nullable ThreadPoolExecutor pool;

    SpareThreads(int threadsMax) {
        this.threadsMax = threadsMax;
    }

    /** The pool of the process: its carriers are the process's, too. */
    static SpareThreads process() {
        return PROCESS;
    }

    /** Has a platform thread work for a runner until no task is left; false when all are busy. */
    boolean tryRun(Runner runner) {
        try {
            pool().execute(runner::work);
            return true;
        } catch (RejectedExecutionException | OutOfMemoryError allBusy) {
            // The error: the machine or its user has as many threads as they may have.
            return false;
        }
    }

    private synchronized ThreadPoolExecutor pool() {
        ThreadPoolExecutor executor = pool;
        if (executor == null) {
            pool =
                    executor =
                            new ThreadPoolExecutor(
                                    0,
                                    threadsMax,
                                    IDLE_SECONDS,
                                    TimeUnit.SECONDS,
                                    new SynchronousQueue<>(),
                                    this::newThread);
        }
        return executor;
    }

    private Thread newThread(Runnable work) {
        Thread thread =
                new Thread(null, work, "gyrfalcon-helper-" + named.getAndIncrement(), 0, false);
        thread.setDaemon(true);
        return thread;
    }

    /** Threads that exist now. */
    synchronized int size() {
        ThreadPoolExecutor executor = pool;
        return executor == null ? 0 : executor.getPoolSize();
    }
}

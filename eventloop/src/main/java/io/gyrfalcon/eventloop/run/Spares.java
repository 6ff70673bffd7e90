package io.gyrfalcon.eventloop.run;

import java.util.ArrayDeque;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that drive loops, and how many more than loops there may be. Any thread.
 *
 * <p>A loop mounts user code only while it has a spare thread reserved: whatever that user code
 * does, somebody can then take the loop. Without one it serves its sockets and timers, and is woken
 * when a thread has come back.
 */
public final class Spares {
    private static final long IDLE_SECONDS = 5;
    private static final AtomicInteger NAMED = new AtomicInteger();

    /** Threads of all groups: bounded by their loops and reservations. */
    private static final ThreadPoolExecutor THREADS =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    Spares::newThread);

    private final int max;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private int free;
    private volatile boolean isExhausted;

    // written by the monitor
    private boolean hasWarned;

    /**
     * So many threads beside those that drive.
     *
     * @param max at least 1
     */
    public Spares(int max) {
        this.max = max;
        this.free = max;
    }

    private static Thread newThread(Runnable work) {
        Thread thread =
                new Thread(null, work, "gyrfalcon-spare-" + NAMED.getAndIncrement(), 0, false);
        thread.setDaemon(true);
        return thread;
    }

    /** Has a thread do this at once. */
    static void run(Runnable job) {
        THREADS.execute(job);
    }

    /** Starts a thread that drives a loop. */
    public static void drive(Runnable driver) {
        THREADS.execute(driver);
    }

    /** Reserves a thread; if there is none, {@code wakeUp} is called when that has changed. */
    synchronized boolean reserve(Runnable wakeUp) {
        if (free > 0) {
            free--;
            return true;
        }
        if (!waiting.contains(wakeUp)) waiting.add(wakeUp);
        isExhausted = true;
        return false;
    }

    /** Says once that a loop has found no thread. Not on a loop: a log may block. */
    void warnOnce() {
        if (!isExhausted || hasWarned) return;
        hasWarned = true;
        Runner.warn(
                "user code holds "
                        + max
                        + " threads that lost their loop: new calls wait until some of it"
                        + " returns");
    }

    /** A thread has come back from user code, or a loop does not need its reservation any more. */
    void release() {
        Runnable[] woken;
        synchronized (this) {
            free++;
            woken = waiting.toArray(new Runnable[0]);
            waiting.clear();
        }
        for (Runnable wakeUp : woken) wakeUp.run();
    }

    /** How many threads hold user code that lost its loop, or stand ready for that. */
    public synchronized int used() {
        return max - free;
    }
}

package io.gyrfalcon.eventloop.run;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.memory.Slab;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;

/**
 * One virtual thread that a loop carries, and its scheduler in person. Loop-owned, but for {@link
 * #execute}, which is for any thread.
 *
 * <p>It takes tasks until there are none, rests, and is mounted again. When one parks, the runner
 * parks with it, and the loop mounts another one for the rest.
 */
@HotPath
public final class CarriedRunner implements Executor, Runnable {
    /*
     * A runner is the scheduler of its own thread: what it is given to execute is either its
     * thread's continuation, the same object for life, or that of a virtual thread which user code
     * has started and which inherited the scheduler. The latter go to the JDK's scheduler.
     */
    private static final VarHandle QUEUED;

    static {
        try {
            QUEUED =
                    MethodHandles.lookup()
                            .findVarHandle(CarriedRunner.class, "isQueued", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Carrier carrier;
    private final @Nullable CarriedThreads threads;
    private @Nullable Thread thread;
    private @Nullable Runnable continuation;
    private @Nullable Object local;

    /** The next in the run queue. Written by whoever offers, then by the loop. */
    @Nullable CarriedRunner next;

    @SuppressWarnings("unused") // by QUEUED
    private volatile boolean isQueued;

    // on the bench

    /** The one that sits below. */
    @Nullable CarriedRunner below;

    boolean isBenched;

    /** Has found nothing to do, and lies down inside the engine. */
    boolean isResting = true;

    /** Its thread has ended, or is about to. */
    boolean isDone;

    // the task at hand
    @Nullable CarriedTask task;
    @Nullable Slab freight;
    int label;

    /** Since when the task at hand holds the loop. Only where {@link #isTimed}. */
    long sinceNanos;

    boolean isTimed;

    CarriedRunner(Carrier carrier, @Nullable CarriedThreads threads) {
        this.carrier = carrier;
        this.threads = threads;
    }

    /** What was submitted with the task: the runner's, which releases it after the task. */
    public @Nullable Slab freight() {
        return freight;
    }

    /** What was submitted with the task: the caller's from now on. */
    public @Nullable Slab takeFreight() {
        Slab taken = freight;
        freight = null;
        return taken;
    }

    /**
     * What was submitted with the task is used up; the task goes on under another number. In the
     * engine, or where its loop has ended.
     */
    public void emptied(int next) {
        dropFreight();
        label = next;
    }

    /** The number that was submitted with the task. */
    public int label() {
        return label;
    }

    /** What user code of this runner uses in turn. By the runner only. */
    public @Nullable Object local() {
        return local;
    }

    /** Keeps something for the next task. By the runner only. */
    public void keep(Object kept) {
        local = kept;
    }

    // by the driver

    Thread thread() {
        Thread known = thread;
        return known == null ? Thread.currentThread() : known;
    }

    /** Makes the thread and learns its continuation. Before the first mount. */
    void prepare() {
        CarriedThreads maker = threads;
        if (maker == null) return;
        Thread made = maker.newThread(this, this);
        thread = made;
        made.start();
    }

    /** Runs until it rests, parks or ends. */
    void resume() {
        Runnable known = continuation;
        if (known != null) {
            known.run();
        } else if (drain()) {
            isResting = true;
        }
    }

    /** Goes on where the JDK wants it: the loop has ended. */
    void resumeElsewhere() {
        CarriedThreads maker = threads;
        Runnable known = continuation;
        if (maker != null && known != null) maker.jdk().execute(known);
    }

    /** Ends it while it rests. */
    void endResting() {
        Runnable known = continuation;
        if (known != null) known.run();
    }

    /** No longer in the run queue: it may be offered again from now on. */
    void unqueued() {
        QUEUED.setVolatile(this, false);
    }

    // as a scheduler

    /** Never refuses: where the loop has ended, the JDK's scheduler goes on with the thread. */
    @Override
    @SuppressWarnings("ReferenceEquality") // A continuation is known by what it is.
    public void execute(Runnable submitted) {
        Runnable mine = continuation;
        if (mine == null) {
            continuation = submitted;
            return;
        }
        CarriedThreads maker = threads;
        assert maker != null;
        if (submitted != mine) {
            maker.jdk().execute(submitted);
            return;
        }
        // Resting it waits for work, not for the thread that says so.
        if (isResting || (boolean) QUEUED.getAndSet(this, true)) return;
        if (!carrier.resumed(this)) {
            unqueued();
            maker.jdk().execute(submitted);
        }
    }

    // as a thread

    /** Begins in the engine, and rests in it. */
    @Override
    @SuppressWarnings("ThreadPriorityCheck") // A yield is what unmounts it.
    public void run() {
        do {
            if (!drain()) return;
            isResting = true;
            Thread.yield();
            // Still resting: the loop ends, or the thread could not be unmounted.
        } while (!isResting);
        isDone = true;
    }

    /** Takes tasks until there are none, from engine to engine; false when the loop has ended. */
    @SuppressWarnings("ThreadPriorityCheck") // A yield is what unmounts it.
    boolean drain() {
        while (carrier.next(this)) {
            carrier.leave();
            perform();
            while (!carrier.enter()) {
                if (threads == null || carrier.isEnded()) {
                    runOut();
                    return false;
                }
                // The loop was taken from this runner: back to wherever it lives now.
                Thread.yield();
            }
        }
        return true;
    }

    /** Its loop goes on without it: it ends the task on its own. */
    void runOut() {
        while (!isAtRest()) perform();
        dropFreight();
    }

    /** Whether the task at hand is over. */
    boolean isAtRest() {
        CarriedTask mine = task;
        try {
            return mine == null || mine.isAtRest(this);
        } catch (Throwable failure) {
            Runner.log(failure);
            return true;
        }
    }

    /** Gives back what the task has left. */
    void dropFreight() {
        Slab left = takeFreight();
        if (left != null) left.release();
    }

    private void perform() {
        CarriedTask mine = task;
        assert mine != null;
        try {
            mine.run(this);
        } catch (Throwable failure) {
            Runner.log(failure);
        }
        Thread.interrupted();
    }
}

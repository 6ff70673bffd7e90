package io.gyrfalcon.eventloop.run;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ThreadFactory;

/**
 * Where idle runners wait. The loop calls them, runners sit down by themselves; the newest goes
 * first.
 *
 * <p>A linked stack with many pushers and one popper: a head that the popper has read cannot leave
 * and come back in between, so comparing and setting it is enough.
 */
final class Bench {
    private static final VarHandle HEAD;
    private static final VarHandle IDLE;
    private static final VarHandle LIVE;
    private static final VarHandle BEGUN;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(Bench.class, "head", Runner.class);
            IDLE = lookup.findVarHandle(Bench.class, "idle", int.class);
            LIVE = lookup.findVarHandle(Bench.class, "live", int.class);
            BEGUN = lookup.findVarHandle(Bench.class, "begun", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Runners runners;
    private final int idleMax;

    // written by the loop
    private @Nullable ThreadFactory threads;
    private int called;

    // written by any runner
    private volatile @Nullable Runner head;
    private volatile int idle;
    private volatile int live;
    private volatile int begun;
    private volatile boolean isClosed;

    Bench(Runners runners, int idleMax) {
        this.runners = runners;
        this.idleMax = idleMax;
    }

    /** Sets a runner to work. By the loop. */
    void call(int crew, @Nullable Runnable task) {
        called++;
        Runner runner = isClosed ? null : pop();
        if (runner != null) {
            runner.wake(crew, task);
            return;
        }
        runner = new Runner(runners);
        LIVE.getAndAdd(this, 1);
        runner.start(threads(), crew, task);
    }

    private ThreadFactory threads() {
        ThreadFactory factory = threads;
        if (factory == null) {
            threads = factory = Thread.ofVirtual().inheritInheritableThreadLocals(false).factory();
        }
        return factory;
    }

    private @Nullable Runner pop() {
        while (true) {
            Runner first = head;
            if (first == null) return null;
            if (HEAD.compareAndSet(this, first, first.below)) {
                IDLE.getAndAdd(this, -1);
                first.below = null;
                return first;
            }
        }
    }

    /** How many were called and have not begun. By the loop. */
    int unbegun() {
        return called - begun;
    }

    void begins() {
        BEGUN.getAndAdd(this, 1);
    }

    /** Lets a runner wait here, unless there are enough. */
    boolean sit(Runner runner) {
        if (isClosed) return false;
        if ((int) IDLE.getAndAdd(this, 1) >= idleMax) {
            IDLE.getAndAdd(this, -1);
            return false;
        }
        Runner first;
        do {
            first = head;
            runner.below = first;
        } while (!HEAD.compareAndSet(this, first, runner));
        return true;
    }

    boolean isClosed() {
        return isClosed;
    }

    void ended() {
        LIVE.getAndAdd(this, -1);
    }

    /** None once this is closed: one that sat down at that moment has got up by itself. */
    int idle() {
        return isClosed ? 0 : idle;
    }

    int live() {
        return live;
    }

    /** Whoever waits here ends, now or when it would sit down. By the loop. */
    void close() {
        isClosed = true;
        for (Runner runner = pop(); runner != null; runner = pop()) {
            called++;
            runner.wake(Crew.NONE, null);
        }
    }
}

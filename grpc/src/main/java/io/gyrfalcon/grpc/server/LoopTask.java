package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.Letter;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.primitives.time.Timer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One task of a {@link LoopScheduler}: timer, letter and future in one object. The timer is the
 * loop's, the rest is for any thread.
 */
final class LoopTask extends Timer implements Letter, ScheduledFuture<Void> {
    /*
     * POSTED -> WAITING -> DONE
     *   |          |
     *   +----------+--> CANCELLED
     *
     * POSTED: the letter is on its way. WAITING: in the wheel. Who leaves WAITING for CANCELLED off
     * the loop posts a second letter, which takes the timer out.
     */
    private static final int POSTED = 0;
    private static final int WAITING = 1;
    private static final int DONE = 2;
    private static final int CANCELLED = 3;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(LoopTask.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Loop loop;
    private final Runnable task;
    private final long dueNanos;
    private volatile int state = POSTED;

    LoopTask(Loop loop, Runnable task, long dueNanos) {
        this.loop = loop;
        this.task = task;
        this.dueNanos = dueNanos;
    }

    void start() {
        if (loop.inLoop()) {
            deliver(loop);
            return;
        }
        if (loop.enter()) {
            try {
                deliver(loop);
            } finally {
                loop.leave();
            }
            return;
        }
        if (!loop.post(this)) stateCas(POSTED, CANCELLED);
    }

    @Override
    public void deliver(Loop ignored) {
        if (stateCas(POSTED, WAITING)) {
            loop.timers().schedule(this, dueNanos);
            return;
        }
        if (isScheduled()) loop.timers().cancel(this);
    }

    @Override
    protected void onTimer(long nowNanos) {
        if (stateCas(WAITING, DONE)) loop.runners().submit(task);
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
        if (stateCas(POSTED, CANCELLED)) return true;
        if (!stateCas(WAITING, CANCELLED)) return false;
        if (loop.inLoop()) {
            loop.timers().cancel(this);
        } else if (loop.enter()) {
            loop.timers().cancel(this);
            loop.leave();
        } else {
            loop.post(this);
        }
        return true;
    }

    @Override
    public boolean isCancelled() {
        return state == CANCELLED;
    }

    @Override
    public boolean isDone() {
        return state >= DONE;
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(dueNanos - loop.clock().nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
        return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }

    /** Not supported: a deadline has no result. */
    @Override
    public Void get() {
        throw new UnsupportedOperationException("a deadline has no result");
    }

    /** Not supported: a deadline has no result. */
    @Override
    public Void get(long timeout, TimeUnit unit) {
        return get();
    }

    private boolean stateCas(int seen, int next) {
        return STATE.compareAndSet(this, seen, next);
    }
}

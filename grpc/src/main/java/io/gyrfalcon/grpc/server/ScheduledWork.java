package io.gyrfalcon.grpc.server;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A task of a {@link LoopScheduler} that has a result, or comes again and again. Any thread.
 *
 * @param <V> the type of the result
 */
final class ScheduledWork<V> extends FutureTask<V> implements ScheduledFuture<V> {
    private final LoopScheduler scheduler;

    /** From start to start; negative: from end to start; 0: once. */
    private final long periodNanos;

    private volatile long dueNanos;
    private volatile @Nullable ScheduledFuture<?> next;

    ScheduledWork(LoopScheduler scheduler, Callable<V> task, long periodNanos) {
        super(task);
        this.scheduler = scheduler;
        this.periodNanos = periodNanos;
    }

    ScheduledWork<V> start(long delayNanos) {
        schedule(delayNanos);
        return this;
    }

    private void schedule(long delayNanos) {
        dueNanos = scheduler.nanoTime() + delayNanos;
        next = scheduler.schedule((Runnable) this, delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void run() {
        if (periodNanos == 0) {
            super.run();
        } else if (runAndReset()) {
            long elapsed = scheduler.nanoTime() - dueNanos;
            schedule(periodNanos < 0 ? -periodNanos : Math.max(periodNanos - elapsed, 0));
        }
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
        boolean isCancelled = super.cancel(mayInterrupt);
        ScheduledFuture<?> waiting = next;
        if (waiting != null) waiting.cancel(false);
        return isCancelled;
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(dueNanos - scheduler.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
        return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
}

package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopLocal;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A loop's timers as {@code Context.withDeadline}, name resolvers and balancing policies want them.
 * Any thread.
 *
 * <p>Tasks run on the loop's runners, never on the loop itself: the listeners of a context are user
 * code. A task that is cancelled before its letter reached the loop costs nothing there.
 */
public sealed class LoopScheduler extends AbstractExecutorService
        implements ScheduledExecutorService permits CarriedDeadline {
    private static final LoopLocal<LoopScheduler> LOCAL =
            new LoopLocal<>() {
                @Override
                protected LoopScheduler make(Loop loop) {
                    return new LoopScheduler(loop);
                }
            };

    /** Far enough for a deadline, and still no overflow when added to a time. */
    private static final long DELAY_MAX_NANOS = Long.MAX_VALUE / 4;

    private final Loop loop;

    LoopScheduler(Loop loop) {
        this.loop = loop;
    }

    /** The scheduler of a loop. On that loop only; the scheduler itself is for any thread. */
    public static LoopScheduler of(Loop loop) {
        return loop.local(LOCAL);
    }

    /** A scheduler of its own for whoever is not on the loop. Any thread. */
    public static LoopScheduler ofAny(Loop loop) {
        return new LoopScheduler(loop);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        long delayNanos = Math.clamp(unit.toNanos(delay), 0, DELAY_MAX_NANOS);
        long nowNanos = loop.clock().nanoTime();
        LoopTask scheduled = new LoopTask(loop, task, nowNanos + delayNanos);
        scheduled.start();
        return scheduled;
    }

    /** Has a task run soon. */
    @Override
    public void execute(Runnable task) {
        new LoopTask(loop, task, loop.clock().nanoTime()).start();
    }

    long nanoTime() {
        return loop.clock().nanoTime();
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        return new ScheduledWork<>(this, task, 0).start(unit.toNanos(delay));
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
            Runnable task, long initialDelay, long period, TimeUnit unit) {
        return repeat(task, unit.toNanos(initialDelay), unit.toNanos(positive(period)));
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
            Runnable task, long initialDelay, long delay, TimeUnit unit) {
        return repeat(task, unit.toNanos(initialDelay), -unit.toNanos(positive(delay)));
    }

    private ScheduledFuture<?> repeat(Runnable task, long delayNanos, long periodNanos) {
        return new ScheduledWork<>(this, called(task), periodNanos).start(delayNanos);
    }

    private static Callable<Boolean> called(Runnable task) {
        return () -> {
            task.run();
            return true;
        };
    }

    private static long positive(long value) {
        if (value > 0) return value;
        throw new IllegalArgumentException("period: " + value + " (expected: > 0)");
    }

    /** Not supported: it lives as long as its loop. */
    @Override
    public void shutdown() {
        throw unsupported();
    }

    /** Not supported: it lives as long as its loop. */
    @Override
    public List<Runnable> shutdownNow() {
        throw unsupported();
    }

    /** Does nothing: called when the loop ends, whose timers are gone by then. */
    @Override
    public void close() {}

    /** Never: see {@link #shutdown}. */
    @Override
    public boolean isShutdown() {
        return false;
    }

    /** Never: see {@link #shutdown}. */
    @Override
    public boolean isTerminated() {
        return false;
    }

    /** Not supported: it lives as long as its loop. */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        throw unsupported();
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("a loop's timers end with their loop");
    }
}

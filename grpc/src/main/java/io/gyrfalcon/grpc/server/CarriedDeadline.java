package io.gyrfalcon.grpc.server;

import io.grpc.Deadline;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.run.Carrier;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.time.Clock;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The deadline of the call that a carried runner has at hand, for {@code Context.withDeadline}. The
 * runner's own, but for {@link #begin}, which is also for who takes the loop from it.
 *
 * <p>Most calls are over when their runner is back in the loop. So no timer of the loop's is begun
 * until a call is not over by then, parks or loses the loop.
 */
@HotPath
final class CarriedDeadline extends LoopScheduler {
    /*
     *   runner                      who takes the loop
     *   held = task   (volatile)    the gate says so     (volatile)
     *   may I enter?  (volatile)    held?                (volatile)
     *
     * Both write before they read, so one of them begins the task. Who takes it out of `held` does.
     */
    private static final VarHandle HELD;

    static {
        try {
            HELD =
                    MethodHandles.lookup()
                            .findVarHandle(CarriedDeadline.class, "held", LoopTask.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Loop loop;
    private long dueNanos;
    private @Nullable LoopTask held;

    CarriedDeadline(Loop loop) {
        super(loop);
        this.loop = loop;
    }

    /** That of the call, which is scheduled here next: nobody has to look at the clock then. */
    Deadline of(long arrivedNanos, long timeoutNanos) {
        dueNanos = Clock.deadline(arrivedNanos, timeoutNanos);
        return Deadlines.at(loop.clock(), dueNanos);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        if (!GrpcFlags.LEAN_DEADLINES.isOn()) return super.schedule(task, delay, unit);
        LoopTask made = new LoopTask(loop, task, dueNanos);
        HELD.setVolatile(this, made);
        Carrier carrier = loop.carrier();
        if (carrier == null || !carrier.mayEnter()) begin();
        return made;
    }

    /** Begins what waits, unless it was cancelled meanwhile. */
    void begin() {
        if (HELD.getVolatile(this) == null) return;
        LoopTask mine = (LoopTask) HELD.getAndSet(this, null);
        if (mine != null && !mine.isDone()) mine.start();
    }
}

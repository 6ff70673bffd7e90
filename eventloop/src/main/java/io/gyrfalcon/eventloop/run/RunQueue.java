package io.gyrfalcon.eventloop.run;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Runners that can go on, in the order in which they were woken. Offered by any thread, polled by
 * the loop; links lie in the runners, so it never refuses for want of room or memory.
 */
public final class RunQueue {
    /*
     * Producers push on a stack; the consumer takes the whole stack by one exchange and turns it
     * round. Nobody pops a single node, so there is no ABA. A runner is in here once: see
     * CarriedRunner.isQueued. The end is a stack that nobody pushes on.
     */
    private static final VarHandle TOP;

    static {
        try {
            TOP = MethodHandles.lookup().findVarHandle(RunQueue.class, "top", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final Object ENDED = new Object();

    // written by any thread
    private volatile @Nullable Object top;

    // written by the loop
    private @Nullable CarriedRunner first;

    /** Any thread: false when the queue has ended; the runner was not taken. */
    boolean offer(CarriedRunner runner) {
        while (true) {
            Object seen = top;
            if (seen == ENDED) return false;
            runner.next = (CarriedRunner) seen;
            if (TOP.compareAndSet(this, seen, runner)) return true;
        }
    }

    /** Loop only. */
    @Nullable CarriedRunner poll() {
        CarriedRunner head = first;
        if (head == null) {
            if (top == null) return null;
            head = turnRound(take(null));
            if (head == null) return null;
        }
        first = head.next;
        head.next = null;
        return head;
    }

    /** Loop only. */
    boolean isEmpty() {
        return first == null && (top == null || top == ENDED);
    }

    /** Loop only: from now on nothing is taken; what is inside can still be polled. */
    void end() {
        CarriedRunner last = turnRound(take(ENDED));
        if (last == null) return;
        CarriedRunner at = first;
        if (at == null) {
            first = last;
            return;
        }
        while (at.next != null) at = at.next;
        at.next = last;
    }

    private @Nullable CarriedRunner take(@Nullable Object left) {
        Object taken = TOP.getAndSet(this, left);
        if (taken != ENDED) return (CarriedRunner) taken;
        top = ENDED;
        return null;
    }

    private static @Nullable CarriedRunner turnRound(@Nullable CarriedRunner stack) {
        CarriedRunner turned = null;
        CarriedRunner at = stack;
        while (at != null) {
            CarriedRunner below = at.next;
            at.next = turned;
            turned = at;
            at = below;
        }
        return turned;
    }
}

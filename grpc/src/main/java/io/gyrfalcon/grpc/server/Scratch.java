package io.gyrfalcon.grpc.server;

import io.grpc.Deadline;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopLocal;
import io.gyrfalcon.eventloop.run.CarriedRunner;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabPool;
import io.gyrfalcon.transport.server.ServerCall;

import org.jspecify.annotations.Nullable;

/**
 * What calls use in turn where they run: those on one loop's own stack, or those on one runner that
 * the loop carries. Loop-owned, or the runner's own.
 */
@LoopOwned
final class Scratch {
    static final LoopLocal<Scratch> LOCAL =
            new LoopLocal<>() {
                @Override
                protected Scratch make(Loop loop) {
                    return new Scratch(loop, loop.slabs());
                }
            };

    final InboundMessage inbound = new InboundMessage(true);
    private final OutboundMessage outbound;
    private final SlabPool pool;
    private boolean isLent;

    // What the engine tells a runner of the call that it is mounted for.
    boolean isMounted;
    private byte @Nullable [][] fields;
    private int fieldCount;
    private long arrivedNanos;
    private long timeoutNanos;
    private final CarriedDeadline timers;

    private Scratch(Loop loop, SlabPool pool) {
        this.pool = pool;
        timers = new CarriedDeadline(loop);
        outbound = new OutboundMessage(pool);
    }

    /** The runner's own. By the runner, or in the engine before it goes on. */
    static Scratch of(CarriedRunner runner, Loop loop) {
        if (runner.local() instanceof Scratch known) return known;
        Scratch made = new Scratch(loop, loop.sharedSlabs());
        runner.keep(made);
        return made;
    }

    /** In the engine, for a runner whose call has no context yet. */
    void learn(ServerCall call) {
        fields = call.fields();
        fieldCount = call.fieldCount();
        timeoutNanos = call.timeoutNanos();
        arrivedNanos = call.arrivedNanos();
    }

    /** The request's fields, once. By the runner. */
    byte @Nullable [][] takeFields() {
        byte[][] taken = fields;
        fields = null;
        return taken;
    }

    int fieldCount() {
        return fieldCount;
    }

    /** When the call is due, null: never; {@link #timers} know it, too. By the runner. */
    @Nullable Deadline deadline() {
        return timeoutNanos < 0 ? null : timers.of(arrivedNanos, timeoutNanos);
    }

    /** Where a runner schedules the deadline of its call. */
    CarriedDeadline timers() {
        return timers;
    }

    /** Lends the loop's own; another one while it is lent, since marshallers are user code. */
    OutboundMessage lend(boolean isRecycling) {
        if (isLent || !isRecycling) return new OutboundMessage(pool);
        isLent = true;
        return outbound;
    }

    void giveBack(OutboundMessage message) {
        message.clear();
        if (message == outbound) isLent = false;
    }
}

package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopLocal;
import io.gyrfalcon.eventloop.run.CarriedRunner;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabPool;

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
                    return new Scratch(loop.slabs());
                }
            };

    final InboundMessage inbound = new InboundMessage(true);
    private final OutboundMessage outbound;
    private final SlabPool pool;
    private boolean isLent;

    // What the engine tells a runner of the call that it is mounted for.
    boolean isMounted;
    byte @Nullable [][] fields;
    int fieldCount;
    long timeoutNanos;

    Scratch(SlabPool pool) {
        this.pool = pool;
        outbound = new OutboundMessage(pool);
    }

    /** The runner's own. By the runner, or in the engine before it goes on. */
    static Scratch of(CarriedRunner runner, Loop loop) {
        if (runner.local() instanceof Scratch known) return known;
        Scratch made = new Scratch(loop.sharedSlabs());
        runner.keep(made);
        return made;
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

package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopLocal;
import io.gyrfalcon.primitives.LoopOwned;

/** What the calls of one loop use in turn, on the loop. Loop-owned. */
@LoopOwned
final class Scratch {
    static final LoopLocal<Scratch> LOCAL =
            new LoopLocal<>() {
                @Override
                protected Scratch make(Loop loop) {
                    return new Scratch(loop);
                }
            };

    final InboundMessage inbound = new InboundMessage();
    private final OutboundMessage outbound;
    private final Loop loop;
    private boolean isLent;

    private Scratch(Loop loop) {
        this.loop = loop;
        outbound = new OutboundMessage(loop.slabs());
    }

    /** Lends the loop's own; another one while it is lent, since marshallers are user code. */
    OutboundMessage lend(boolean isRecycling) {
        if (isLent || !isRecycling) return new OutboundMessage(loop.slabs());
        isLent = true;
        return outbound;
    }

    void giveBack(OutboundMessage message) {
        message.clear();
        if (message == outbound) isLent = false;
    }
}

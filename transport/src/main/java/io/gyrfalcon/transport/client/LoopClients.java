package io.gyrfalcon.transport.client;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopLocal;
import io.gyrfalcon.primitives.LoopOwned;

import java.util.ArrayDeque;

/** What the client connections of one loop share: scratch space and recycled calls. Loop-owned. */
@LoopOwned
final class LoopClients {
    private static final int IDLE_CALLS_MAX = 4_096;

    static final LoopLocal<LoopClients> LOCAL =
            new LoopLocal<>() {
                @Override
                protected LoopClients make(Loop loop) {
                    return new LoopClients(loop);
                }
            };

    final ResponseHead head = new ResponseHead();
    private final Loop loop;
    private final ArrayDeque<ClientCall> idle = new ArrayDeque<>();
    private final boolean isRecycling = ClientFlags.CALL_RECYCLING.isOn();

    private LoopClients(Loop loop) {
        this.loop = loop;
    }

    ClientCall call() {
        ClientCall call = idle.pollLast();
        return call == null ? new ClientCall(loop.slabs()) : call;
    }

    void recycle(ClientCall call) {
        if (isRecycling && idle.size() < IDLE_CALLS_MAX) idle.addLast(call);
    }
}

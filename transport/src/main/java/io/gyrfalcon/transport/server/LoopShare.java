package io.gyrfalcon.transport.server;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopLocal;
import io.gyrfalcon.http2.Http2Scratch;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.transport.link.LoopScratch;

import java.util.ArrayDeque;
import java.util.Arrays;

/** What the connections of one loop share: scratch space and recycled calls. Loop-owned. */
@LoopOwned
final class LoopShare {
    private static final int IDLE_CALLS_MAX = 4096;

    static final LoopLocal<LoopShare> LOCAL =
            new LoopLocal<>() {
                @Override
                protected LoopShare make(Loop loop) {
                    return new LoopShare(loop);
                }
            };

    final RequestHead head = new RequestHead();
    final Http2Scratch http2;
    private final Loop loop;
    private final ArrayDeque<ServerCall> idle = new ArrayDeque<>();
    private final boolean isRecycling = TransportFlags.CALL_RECYCLING.isOn();
    private ServerCall[] fresh = new ServerCall[16];
    private int freshCount;

    private LoopShare(Loop loop) {
        this.loop = loop;
        http2 = loop.local(LoopScratch.LOCAL).http2();
    }

    ServerCall call() {
        ServerCall call = idle.pollLast();
        return call == null ? new ServerCall(loop.slabs()) : call;
    }

    void recycle(ServerCall call) {
        if (isRecycling && idle.size() < IDLE_CALLS_MAX) idle.addLast(call);
    }

    /** Remembers a call that may have to be started at the end of the batch. */
    void fresh(ServerCall call) {
        if (freshCount == fresh.length) fresh = Arrays.copyOf(fresh, 2 * freshCount);
        fresh[freshCount++] = call;
    }

    /**
     * Starts the calls of the batch of which nothing but the fields has arrived. One that has ended
     * meanwhile may stand here for the call it was used for next, or twice: the flag decides.
     */
    void startFresh() {
        int count = freshCount;
        if (count == 0) return;
        freshCount = 0;
        for (int i = 0; i < count; i++) {
            ServerCall call = fresh[i];
            if (call.isFresh()) call.start();
        }
        Arrays.fill(fresh, 0, count, null);
    }
}

package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.time.Timer;

/**
 * When an executor of the user's is taken to have dropped the last task of a call. Loop-owned; one
 * for each call that ends while its executor has still to run.
 */
@LoopOwned
final class Abandonment extends Timer {
    static final long WAIT_NANOS = 10_000_000_000L;

    private final Dispatch call;

    /** The call's loop when its stream ended. */
    private final Loop loop;

    Abandonment(Dispatch call, Loop loop) {
        this.call = call;
        this.loop = loop;
    }

    void start() {
        loop.timers().schedule(this, loop.nowNanos() + WAIT_NANOS);
    }

    /** From another loop it is left to fire, and finds nothing to do. */
    void cancel() {
        if (loop.inLoop()) loop.timers().cancel(this);
    }

    @Override
    protected void onTimer(long nowNanos) {
        if (call.peer().isOn(loop)) {
            call.abandonIfIdle();
        } else {
            call.peer().post(call::abandonIfIdle);
        }
    }
}

package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.IdlePolicy;
import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.eventloop.LoopSettings;
import io.gyrfalcon.eventloop.Pinning;

/** The loops of one server, its own or those of the process, until it gives them back once. */
public final class LoopLease {
    private final LoopGroup group;
    private final boolean isShared;

    private LoopLease(LoopGroup group, boolean isShared) {
        this.group = group;
        this.isShared = isShared;
    }

    /**
     * Loops as the options say.
     *
     * @throws IllegalStateException when the poller named there cannot be used here
     * @throws IllegalArgumentException when a CPU named there is not here
     */
    public static LoopLease of(ServerOptions options) {
        LoopChoice choice = options.loops();
        if (choice.isShared()) return new LoopLease(LoopGroup.acquireShared(), true);
        LoopSettings settings = LoopSettings.defaults().withPoller(choice.poller());
        if (choice.count() > 0) settings = settings.withLoops(choice.count());
        IdlePolicy idle = choice.idle();
        if (idle != null) settings = settings.withIdle(idle);
        Pinning pinning = choice.pinning();
        if (pinning != null) settings = settings.withPinning(pinning);
        return new LoopLease(LoopGroup.start(settings), false);
    }

    /** The loops. */
    public LoopGroup group() {
        return group;
    }

    /** Gives the loops back; waits for the end of those that nobody else uses. Once. */
    public void release() {
        if (isShared) {
            LoopGroup.releaseShared();
        } else {
            group.close();
        }
    }
}

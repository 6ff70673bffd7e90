package io.gyrfalcon.grpc.client;

import io.gyrfalcon.eventloop.LoopGroup;

/** Gives the loops of the process back for a channel that is terminated. Stateless. */
public final class ChannelEnd {
    private ChannelEnd() {}

    /** Does so, and runs the task after that. Loops wait for their threads: not on one of them. */
    public static void then(Runnable task) {
        Thread.startVirtualThread(
                () -> {
                    LoopGroup.releaseShared();
                    task.run();
                });
    }
}

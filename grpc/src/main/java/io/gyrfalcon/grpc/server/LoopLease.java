package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.eventloop.LoopSettings;
import io.gyrfalcon.eventloop.PollerKind;

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
     */
    public static LoopLease of(ServerOptions options) {
        PollerKind poller = poller(options.poller());
        if (options.loops() == 0 && poller == PollerKind.AUTO) {
            return new LoopLease(LoopGroup.acquireShared(), true);
        }
        LoopSettings settings = LoopSettings.defaults().withPoller(poller);
        if (options.loops() > 0) settings = settings.withLoops(options.loops());
        return new LoopLease(LoopGroup.start(settings), false);
    }

    private static PollerKind poller(String name) {
        return switch (name) {
            case "epoll" -> PollerKind.EPOLL;
            case "nio" -> PollerKind.NIO;
            default -> PollerKind.AUTO;
        };
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

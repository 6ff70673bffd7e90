package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.eventloop.LoopFlags;
import io.gyrfalcon.eventloop.PollerKind;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Chooses and opens pollers. Any thread. */
public final class Pollers {
    private static boolean hasWarned;

    private Pollers() {}

    /** Why epoll cannot be used in this process, or null when it can. */
    public static @Nullable String epollProblem() {
        return LibC.unavailable();
    }

    /**
     * What a wish comes to on this machine: EPOLL or NIO.
     *
     * @throws IllegalStateException when EPOLL was asked for and cannot be used, with the reason
     */
    public static PollerKind choose(PollerKind wish) {
        if (wish == PollerKind.NIO) return wish;
        if (wish == PollerKind.AUTO && !LoopFlags.EPOLL.isOn()) return PollerKind.NIO;
        return choose(wish, LibC.unavailable());
    }

    static PollerKind choose(PollerKind wish, @Nullable String unavailable) {
        if (unavailable == null) return PollerKind.EPOLL;
        if (wish == PollerKind.EPOLL)
            throw new IllegalStateException("poller EPOLL: " + unavailable);
        warnOnce(unavailable);
        return PollerKind.NIO;
    }

    private static synchronized void warnOnce(String unavailable) {
        if (hasWarned) return;
        hasWarned = true;
        System.getLogger("io.gyrfalcon.eventloop")
                .log(
                        System.Logger.Level.WARNING,
                        unavailable + "; using NIO, which costs more per call");
    }

    /** Opens a poller of a chosen kind: EPOLL or NIO. */
    public static Poller open(PollerKind kind) {
        try {
            return switch (kind) {
                case EPOLL -> new EpollPoller(new LibC(), LoopFlags.WRITEV.isOn());
                case NIO -> new NioPoller(LoopFlags.WRITEV.isOn());
                case AUTO -> open(choose(kind));
            };
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}

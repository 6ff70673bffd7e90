package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.Loop;

/**
 * How user code comes to its loop's state: it is there, it enters, or it stays away. Stateless; any
 * thread.
 */
final class LoopEntry {
    /** The loop's state is another thread's: what is to be done travels by letter. */
    static final int AWAY = 0;

    /** The caller owns the loop as it is. */
    static final int HOME = 1;

    /** The caller has become the loop's owner until {@link #close}. */
    static final int ENTERED = 2;

    private LoopEntry() {}

    /**
     * One of the three, as to the loop that has this connection; {@link #close} takes it back.
     * Until then the connection stays there, since the caller owns that loop.
     */
    static int open(Peer peer) {
        Loop loop = peer.here();
        if (loop == null) return AWAY;
        if (loop.inLoop()) return HOME;
        return loop.enter() ? ENTERED : AWAY;
    }

    static void close(Peer peer, int how) {
        if (how == ENTERED) peer.loop().leave();
    }
}

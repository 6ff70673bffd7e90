package io.gyrfalcon.eventloop;

import org.jspecify.annotations.Nullable;

import java.lang.ref.WeakReference;

/**
 * Which connections of a group its balance has moved lately. Any thread; guarded by its lock.
 *
 * <p>One moves at a time, so that every decision sees what the last move has brought about, and a
 * connection that has moved stays for a while. The one makes the other cheap: no more moves than
 * {@link #KEPT} fit into the time that is remembered.
 */
final class RecentMoves {
    static final long GAP_NANOS = 2 * Balance.PERIOD_NANOS;
    static final long STAY_NANOS = 10_000_000_000L;
    private static final int KEPT = (int) (STAY_NANOS / GAP_NANOS) + 1;

    private record Move(WeakReference<LoopSocket> socket, long nanos) {}

    private final @Nullable Move[] moves = new Move[KEPT];
    private int next;
    private @Nullable Move last;

    /** Whether the last move is long enough ago for another one. */
    synchronized boolean isDue(long nowNanos) {
        return last == null || nowNanos - last.nanos >= GAP_NANOS;
    }

    /** Notes that a connection moves; false where another loop has just moved one. */
    synchronized boolean begin(LoopSocket socket, long nowNanos) {
        if (!isDue(nowNanos)) return false;
        last = new Move(new WeakReference<>(socket), nowNanos);
        moves[next] = last;
        next = (next + 1) % KEPT;
        return true;
    }

    /** Whether this connection has moved lately. */
    synchronized boolean has(LoopSocket socket, long nowNanos) {
        for (Move move : moves) {
            if (move == null || !move.socket.refersTo(socket)) continue;
            if (nowNanos - move.nanos < STAY_NANOS) return true;
        }
        return false;
    }
}

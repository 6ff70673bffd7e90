package io.gyrfalcon.http2.guard;

import io.gyrfalcon.primitives.LoopOwned;

/**
 * Control replies that the socket has not taken: a peer that asks and does not read. Loop-owned.
 */
@LoopOwned
public final class ReplyBudget {
    /** The shortest, an acknowledgement of SETTINGS: RFC 9113 §6.5. */
    private static final int BYTES_MIN = 9;

    private final int pauseAt;
    private final int max;
    private int waiting;

    /**
     * @param pauseAt replies at which reading pauses
     * @param max replies at which the connection ends
     */
    public ReplyBudget(int pauseAt, int max) {
        this.pauseAt = Math.min(pauseAt, max);
        this.max = max;
    }

    /** A reply was written. */
    public void onReply() {
        waiting++;
    }

    /** So many bytes of the output are left: no more replies wait than fit into them. */
    public void onLeft(long bytes) {
        if (waiting != 0) waiting = (int) Math.min(waiting, bytes / BYTES_MIN);
    }

    public boolean isPaused() {
        return waiting >= pauseAt;
    }

    public boolean isExceeded() {
        return waiting >= max;
    }
}

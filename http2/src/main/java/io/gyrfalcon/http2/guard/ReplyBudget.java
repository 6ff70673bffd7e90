package io.gyrfalcon.http2.guard;

import io.gyrfalcon.primitives.LoopOwned;

/**
 * Control replies that the socket has not taken: a peer that asks and does not read. Loop-owned.
 */
@LoopOwned
public final class ReplyBudget {
    private final int pauseAt;
    private final int max;
    private int waiting;

    /**
     * @param pauseAt replies at which reading pauses
     * @param max replies at which the connection ends
     */
    public ReplyBudget(int pauseAt, int max) {
        this.pauseAt = pauseAt;
        this.max = max;
    }

    /** A reply was written. */
    public void onReply() {
        waiting++;
    }

    /** The output is empty: the socket has taken all of them. */
    public void onDrained() {
        waiting = 0;
    }

    public boolean isPaused() {
        return waiting >= pauseAt;
    }

    public boolean isExceeded() {
        return waiting >= max;
    }
}

package io.gyrfalcon.http2.guard;

import io.gyrfalcon.primitives.LoopOwned;

/**
 * Frames in a row that bring nothing forward: empty DATA, PRIORITY, unknown ones, those for streams
 * that are gone, and WINDOW_UPDATE beyond two for each DATA frame that we have sent, one for the
 * stream and one for the connection (RFC 9113 §6.9): they give back what it took. Loop-owned.
 */
@LoopOwned
public final class ProgressBudget {
    private static final int UPDATES_PER_DATA = 2;

    /** A peer that gives credit for many frames at once saves up no more than this. */
    private static final int UPDATES_MAX = 1 << 20;

    private final int max;
    private int inRow;
    private int updates;

    /**
     * @param max frames that are still accepted
     */
    public ProgressBudget(int max) {
        this.max = max;
    }

    /** A frame without progress; false when it is one too many. */
    public boolean onEmpty() {
        return ++inRow <= max;
    }

    /** HEADERS, or a byte of DATA from the peer. */
    public void onProgress() {
        inRow = 0;
    }

    /** A DATA frame with bytes was sent. */
    public void onDataSent() {
        inRow = 0;
        updates = Math.min(updates + UPDATES_PER_DATA, UPDATES_MAX);
    }

    /** WINDOW_UPDATE; false when it is one too many. */
    public boolean onWindowUpdate() {
        if (updates == 0) return onEmpty();
        updates--;
        return true;
    }
}

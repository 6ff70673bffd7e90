package io.gyrfalcon.http2.guard;

import io.gyrfalcon.primitives.LoopOwned;

/**
 * Frames in a row that bring nothing forward: empty DATA, PRIORITY, WINDOW_UPDATE, unknown ones and
 * those for streams that are gone. Loop-owned.
 */
@LoopOwned
public final class ProgressBudget {
    private final int max;
    private int inRow;

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

    /** HEADERS, or a byte of DATA either way. */
    public void onProgress() {
        inRow = 0;
    }
}

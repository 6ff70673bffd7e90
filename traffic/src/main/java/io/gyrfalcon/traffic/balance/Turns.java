package io.gyrfalcon.traffic.balance;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

/**
 * Whose turn it is among equals: a number that goes up with each call. Loop-owned.
 *
 * <p>Each loop has its own, so that loops share no counter, with a start of its own, so that they
 * and other processes do not call the same server at the same time.
 */
@LoopOwned
@HotPath
public final class Turns {
    private int turn;

    /**
     * Starts anywhere.
     *
     * @param random any int, evenly
     */
    public Turns(int random) {
        turn = random;
    }

    /** The next turn, to be read without its sign. */
    public int next() {
        return turn++;
    }

    /** The next turn's place among {@code count}. */
    public int next(int count) {
        return Integer.remainderUnsigned(turn++, count);
    }
}

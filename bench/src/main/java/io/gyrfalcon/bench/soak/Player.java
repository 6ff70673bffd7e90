package io.gyrfalcon.bench.soak;

import java.util.SplittableRandom;

/** One kind of caller of the mixed run. Owned by the thread that plays it. */
interface Player {
    /** Does one thing and returns when it is over; what it throws is a failure of the server. */
    void play(SplittableRandom random, Tally tally) throws Exception;

    /** Leaves the server once its last calls have ended. */
    void leave(Tally tally) throws InterruptedException;
}

package io.gyrfalcon.eventloop;

/** What a loop does while it has nothing to do. */
public enum IdlePolicy {
    /** It sleeps in its poller until something happens: costs nothing, and a wake-up each time. */
    BLOCK,

    /**
     * It looks again for up to 50 us where that has paid lately, then sleeps. An idle loop sleeps.
     */
    ADAPTIVE,

    /** It never sleeps: the shortest answers, and a whole core for each loop. */
    SPIN
}

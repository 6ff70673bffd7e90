package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.eventloop.PollerKind;

/** Chooses and opens pollers. Any thread. */
public final class Pollers {
    private Pollers() {}

    public static PollerKind choose(PollerKind wish) {
        return wish;
    }

    public static Poller open(PollerKind kind) {
        throw new UnsupportedOperationException();
    }
}

package io.gyrfalcon.traffic.connect;

import io.gyrfalcon.primitives.LoopOwned;

/** The waits between attempts to connect that fail one after another. Loop-owned. */
@LoopOwned
public final class ConnectBackoff {
    private final BackoffSettings settings;
    private long nextNanos;

    /** Starts with the initial wait. */
    public ConnectBackoff(BackoffSettings settings) {
        this.settings = settings;
        nextNanos = settings.initialNanos();
    }

    /**
     * From the start of this attempt to the start of the next one, should it fail.
     *
     * @param random from 0 to 1, evenly
     */
    public long nextNanos(double random) {
        long nanos = nextNanos;
        nextNanos = Math.min((long) (nanos * settings.multiplier()), settings.maxNanos());
        return nanos + (long) (settings.jitter() * nanos * (2 * random - 1));
    }

    /** An attempt succeeded, or somebody wants the waiting to start anew. */
    public void reset() {
        nextNanos = settings.initialNanos();
    }
}

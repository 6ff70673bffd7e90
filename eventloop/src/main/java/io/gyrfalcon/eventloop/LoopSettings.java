package io.gyrfalcon.eventloop;

/**
 * Limits and choices of a group of loops. Immutable.
 *
 * @param loops number of loops, 1 to 1024
 * @param poller how they learn what is ready
 * @param readBytesPerTurn bytes that one socket may deliver before the others of its loop have
 *     their turn; at least 64 KiB
 * @param runnersIdleMax runners without work that each loop keeps for the next batch, 0 or more
 * @param idle what a loop does while it has nothing to do
 * @param carrying how they carry runners, where they do
 */
public record LoopSettings(
        int loops,
        PollerKind poller,
        int readBytesPerTurn,
        int runnersIdleMax,
        IdlePolicy idle,
        CarrySettings carrying) {
    static final int RECEIVE_BYTES = 64 * 1024;

    /** Checks ranges. */
    public LoopSettings {
        if (loops < 1 || loops > 1024) {
            throw new IllegalArgumentException("loops: " + loops + " (expected: 1..1024)");
        }
        if (readBytesPerTurn < RECEIVE_BYTES) {
            throw new IllegalArgumentException(
                    "readBytesPerTurn: "
                            + readBytesPerTurn
                            + " (expected: >= "
                            + RECEIVE_BYTES
                            + ")");
        }
        if (runnersIdleMax < 0) {
            throw new IllegalArgumentException(
                    "runnersIdleMax: " + runnersIdleMax + " (expected: >= 0)");
        }
    }

    /**
     * A loop per processor, the best poller, 256 KiB per socket and turn, 64 idle runners, sleep.
     */
    public static LoopSettings defaults() {
        int loops = Math.min(1024, Runtime.getRuntime().availableProcessors());
        return new LoopSettings(
                loops,
                PollerKind.AUTO,
                4 * RECEIVE_BYTES,
                64,
                IdlePolicy.BLOCK,
                CarrySettings.defaults(loops));
    }

    /** These settings with another number of loops, 1 to 1024. */
    public LoopSettings withLoops(int count) {
        return new LoopSettings(count, poller, readBytesPerTurn, runnersIdleMax, idle, carrying);
    }

    /** These settings with another poller. */
    public LoopSettings withPoller(PollerKind kind) {
        return new LoopSettings(loops, kind, readBytesPerTurn, runnersIdleMax, idle, carrying);
    }

    /** These settings with another read quota, at least 64 KiB. */
    public LoopSettings withReadBytesPerTurn(int bytes) {
        return new LoopSettings(loops, poller, bytes, runnersIdleMax, idle, carrying);
    }

    /** These settings with another number of idle runners, 0 or more. */
    public LoopSettings withRunnersIdleMax(int count) {
        return new LoopSettings(loops, poller, readBytesPerTurn, count, idle, carrying);
    }

    /** These settings with another policy for loops that have nothing to do. */
    public LoopSettings withIdle(IdlePolicy policy) {
        return new LoopSettings(loops, poller, readBytesPerTurn, runnersIdleMax, policy, carrying);
    }

    /** These settings with another way to carry runners. */
    public LoopSettings withCarrying(CarrySettings settings) {
        return new LoopSettings(loops, poller, readBytesPerTurn, runnersIdleMax, idle, settings);
    }
}

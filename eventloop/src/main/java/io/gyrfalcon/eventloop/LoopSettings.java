package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.machine.CpuQuota;
import io.gyrfalcon.eventloop.machine.SystemFiles;

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
 * @param pinning on which CPUs they run
 */
public record LoopSettings(
        int loops,
        PollerKind poller,
        int readBytesPerTurn,
        int runnersIdleMax,
        IdlePolicy idle,
        CarrySettings carrying,
        Pinning pinning) {
    static final int RECEIVE_BYTES = 64 * 1024;

    private static final String LOOPS = "gyrfalcon.loops";
    private static final String IDLE = "gyrfalcon.idle";
    private static final String PINNING = "gyrfalcon.pinning";

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
     * A loop per processor, but no more than the control group's quota of CPU time keeps running;
     * the best poller, 256 KiB per socket and turn, 64 idle runners, sleep, no pinning. System
     * properties {@code gyrfalcon.loops}, {@code gyrfalcon.idle} and {@code gyrfalcon.pinning} say
     * otherwise, for programs that name no engine.
     *
     * @throws IllegalArgumentException when a property cannot be meant
     */
    public static LoopSettings defaults() {
        int loops = loopsOfThisProcess();
        return new LoopSettings(
                loops,
                PollerKind.AUTO,
                4 * RECEIVE_BYTES,
                64,
                IdlePolicy.parse(System.getProperty(IDLE, "block")),
                CarrySettings.defaults(loops),
                Pinning.parse(System.getProperty(PINNING, "none")));
    }

    private static int loopsOfThisProcess() {
        String wish = System.getProperty(LOOPS);
        if (wish != null) return parseLoops(wish);
        int processors = Runtime.getRuntime().availableProcessors();
        double quota = CpuQuota.cpus(SystemFiles.ofMachine());
        return Math.min(1024, CpuQuota.loops(quota, processors));
    }

    private static int parseLoops(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(LOOPS + ": " + text + " (expected: 1..1024)");
        }
    }

    /** These settings with another number of loops, 1 to 1024. */
    public LoopSettings withLoops(int count) {
        return new LoopSettings(
                count, poller, readBytesPerTurn, runnersIdleMax, idle, carrying, pinning);
    }

    /** These settings with another poller. */
    public LoopSettings withPoller(PollerKind kind) {
        return new LoopSettings(
                loops, kind, readBytesPerTurn, runnersIdleMax, idle, carrying, pinning);
    }

    /** These settings with another read quota, at least 64 KiB. */
    public LoopSettings withReadBytesPerTurn(int bytes) {
        return new LoopSettings(loops, poller, bytes, runnersIdleMax, idle, carrying, pinning);
    }

    /** These settings with another number of idle runners, 0 or more. */
    public LoopSettings withRunnersIdleMax(int count) {
        return new LoopSettings(loops, poller, readBytesPerTurn, count, idle, carrying, pinning);
    }

    /** These settings with another policy for loops that have nothing to do. */
    public LoopSettings withIdle(IdlePolicy policy) {
        return new LoopSettings(
                loops, poller, readBytesPerTurn, runnersIdleMax, policy, carrying, pinning);
    }

    /** These settings with another way to carry runners. */
    public LoopSettings withCarrying(CarrySettings settings) {
        return new LoopSettings(
                loops, poller, readBytesPerTurn, runnersIdleMax, idle, settings, pinning);
    }

    /** These settings with loops on other CPUs. */
    public LoopSettings withPinning(Pinning where) {
        return new LoopSettings(
                loops, poller, readBytesPerTurn, runnersIdleMax, idle, carrying, where);
    }
}

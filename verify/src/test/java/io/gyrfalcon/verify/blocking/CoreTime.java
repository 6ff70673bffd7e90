package io.gyrfalcon.verify.blocking;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How much of the machine other processes have used since this was made; none where the system does
 * not tell. Immutable.
 */
final class CoreTime {
    private static final Path COUNTERS = Path.of("/proc/stat");
    private static final long TICK_NANOS = 10_000_000;
    private static final int IDLE = 4;
    private static final int IO_WAIT = 5;
    private static final int LAST = 8;

    private final ProcessHandle[] own;
    private final long startNanos = System.nanoTime();
    private final long othersNanos;

    /** Beside these processes. */
    CoreTime(ProcessHandle... own) throws IOException {
        this.own = own;
        othersNanos = othersNanos();
    }

    private long othersNanos() throws IOException {
        long nanos = busyNanos();
        for (ProcessHandle process : own) {
            nanos -= process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
        }
        return nanos;
    }

    /** All cores together, what a hypervisor has taken included. */
    private static long busyNanos() throws IOException {
        if (!Files.isReadable(COUNTERS)) return 0;
        String[] words = Files.readAllLines(COUNTERS).getFirst().split(" +");
        long ticks = 0;
        for (int i = 1; i <= LAST; i++) {
            if (i != IDLE && i != IO_WAIT) ticks += Long.parseLong(words[i]);
        }
        return ticks * TICK_NANOS;
    }

    /** The share of all cores that others had, from 0 to 1. */
    double othersShare() throws IOException {
        double all = (double) (System.nanoTime() - startNanos) * cores();
        return Math.max(0, othersNanos() - othersNanos) / all;
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }
}

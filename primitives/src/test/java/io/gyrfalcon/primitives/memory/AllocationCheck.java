package io.gyrfalcon.primitives.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;

/** Counts the bytes that a piece of work allocates. */
final class AllocationCheck {
    private static final int RUNS = 20_000;
    private static final int ROUNDS_MAX = 20;

    private AllocationCheck() {}

    static void allocatesNothing(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = Long.MAX_VALUE;
        // The first rounds load classes and compile.
        for (int round = 0; round < ROUNDS_MAX && bytes >= RUNS; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < RUNS; i++) work.run();
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(bytes).as("bytes allocated in %d runs", RUNS).isLessThan(RUNS);
    }
}

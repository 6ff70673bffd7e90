package io.gyrfalcon.traffic.balance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final int SEEDS = 1_000;

    @Test
    void aThousandWorldsKeepWhatPickFirstPromises() {
        forEachSeed(seed -> new Simulation(seed, false).run());
    }

    @Test
    void aThousandWorldsKeepWhatRoundRobinPromises() {
        forEachSeed(seed -> new Simulation(seed, true).run());
    }

    private static void forEachSeed(java.util.function.LongConsumer world) {
        Long one = Long.getLong("gyrfalcon.sim.seed");
        long first = one == null ? 0 : one;
        long last = one == null ? SEEDS - 1 : one;
        for (long seed = first; seed <= last; seed++) {
            try {
                world.accept(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dgyrfalcon.sim.seed=" + seed, e);
            }
        }
        assertThat(last).isGreaterThanOrEqualTo(first);
    }
}

package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.sim.PairSimulation;
import io.gyrfalcon.http2.sim.Simulation;

import org.junit.jupiter.api.Test;

class SimulatorTest {
    private static final int SEEDS = 1_000;

    @Test
    void aThousandRunsHoldWhatAConnectionPromises() {
        Long one = Long.getLong("gyrfalcon.sim.seed");
        if (one != null) {
            assertThat(Simulation.run(one)).isNotEmpty();
            return;
        }
        for (long seed = 0; seed < SEEDS; seed++) {
            assertThat(Simulation.run(seed)).startsWith(seed + ":");
        }
    }

    @Test
    void aThousandRunsOfOurClientAgainstOurServerHoldWhatBothPromise() {
        Long one = Long.getLong("gyrfalcon.sim.seed");
        if (one != null) {
            assertThat(PairSimulation.run(one)).isNotEmpty();
            return;
        }
        for (long seed = 0; seed < SEEDS; seed++) {
            assertThat(PairSimulation.run(seed)).startsWith(seed + ":");
        }
    }

    @Test
    void aSeedGivesTheSameRunEveryTime() {
        assertThat(Simulation.run(42)).isEqualTo(Simulation.run(42));
        assertThat(PairSimulation.run(42)).isEqualTo(PairSimulation.run(42));
    }
}

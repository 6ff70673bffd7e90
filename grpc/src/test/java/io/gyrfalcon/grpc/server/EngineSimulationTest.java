package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Seeded lives of a whole engine in one thread; a failing seed replays by a system property. */
class EngineSimulationTest {
    private static final String SEED = "gyrfalcon.seed";
    private static final long SEEDS = 1_000;

    @Test
    void everySeedEndsWithEveryCallAnsweredOnceAndNothingLeft() {
        Logger logger = Logger.getLogger("io.gyrfalcon.grpc");
        Level before = logger.getLevel();
        logger.setLevel(Level.OFF);
        try {
            Long only = Long.getLong(SEED);
            if (only != null) {
                run(only);
                return;
            }
            long handOvers = 0;
            for (long seed = 0; seed < SEEDS; seed++) handOvers += run(seed);
            System.out.println(SEEDS + " seeds, " + handOvers + " hand-overs");
            assertThat(handOvers).isGreaterThan(SEEDS);
        } finally {
            logger.setLevel(before);
        }
    }

    private static int run(long seed) {
        try {
            EngineSimulation simulation = new EngineSimulation(seed);
            simulation.run();
            return simulation.handOvers;
        } catch (Throwable failure) {
            throw new AssertionError(
                    "seed " + seed + " failed; replay it with -D" + SEED + "=" + seed, failure);
        }
    }
}

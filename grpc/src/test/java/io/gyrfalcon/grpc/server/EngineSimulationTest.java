package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Seeded lives of a whole engine in one thread; a failing seed replays by a system property. */
class EngineSimulationTest {
    private static final String SEED = "gyrfalcon.seed";
    private static final long SEEDS = 1_000;

    private int moved;
    private int handOvers;

    @Test
    void everySeedEndsWithEveryCallAnsweredOnceAndNothingLeft() {
        everySeed(1);
        assertThat(moved).isZero();
    }

    @Test
    void noSeedNoticesThatItsConnectionsMoveBetweenLoops() {
        everySeed(3);
        if (Long.getLong(SEED) == null) assertThat(moved).isGreaterThan(10_000);
    }

    private void everySeed(int loops) {
        Logger logger = Logger.getLogger("io.gyrfalcon.grpc");
        Level before = logger.getLevel();
        logger.setLevel(Level.OFF);
        try {
            Long only = Long.getLong(SEED);
            if (only != null) {
                run(only, loops);
                return;
            }
            for (long seed = 0; seed < SEEDS; seed++) run(seed, loops);
            System.out.printf(
                    "%d seeds on %d loops, %d hand-overs, %d moves%n",
                    SEEDS, loops, handOvers, moved);
            assertThat(handOvers).isGreaterThan((int) SEEDS);
        } finally {
            logger.setLevel(before);
        }
    }

    private void run(long seed, int loops) {
        try {
            EngineSimulation simulation = new EngineSimulation(seed, loops);
            simulation.run();
            moved += simulation.moved;
            handOvers += simulation.handOvers;
        } catch (Throwable failure) {
            throw new AssertionError(
                    "seed "
                            + seed
                            + " failed on "
                            + loops
                            + " loops; replay it with -D"
                            + SEED
                            + "="
                            + seed,
                    failure);
        }
    }
}

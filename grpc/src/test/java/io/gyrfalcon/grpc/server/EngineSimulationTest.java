package io.gyrfalcon.grpc.server;

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
            for (long seed = 0; seed < SEEDS; seed++) run(seed);
        } finally {
            logger.setLevel(before);
        }
    }

    private static void run(long seed) {
        try {
            new EngineSimulation(seed).run();
        } catch (Throwable failure) {
            throw new AssertionError(
                    "seed " + seed + " failed; replay it with -D" + SEED + "=" + seed, failure);
        }
    }
}

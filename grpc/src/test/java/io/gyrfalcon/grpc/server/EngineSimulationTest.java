package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Seeded lives of a whole engine in one thread; a failing seed replays by a system property. */
class EngineSimulationTest {
    private static final String SEED = "gyrfalcon.seed";
    private static final long SEEDS = 1_000;

    @RegisterExtension final SilentLog silence = new SilentLog();

    private int moved;
    private int handOvers;
    private int halfClosed;
    private int answeredByTls;

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

    @Test
    void aSeedGivesTheSameRunEveryTime() {
        for (long seed = 0; seed < 50; seed++) {
            EngineSimulation one = new EngineSimulation(seed, 2);
            one.run();
            EngineSimulation other = new EngineSimulation(seed, 2);
            other.run();
            assertThat(other.story()).as("seed %d", seed).isEqualTo(one.story());
        }
    }

    private void everySeed(int loops) {
        Long only = Long.getLong(SEED);
        if (only != null) {
            run(only, loops);
            return;
        }
        for (long seed = 0; seed < SEEDS; seed++) run(seed, loops);
        System.out.printf(
                "%d seeds on %d loops, %d hand-overs, %d moves, %d half-closes, %d by TLS%n",
                SEEDS, loops, handOvers, moved, halfClosed, answeredByTls);
        assertThat(handOvers).isGreaterThan((int) SEEDS);
        assertThat(halfClosed).isGreaterThan((int) SEEDS / 50);
        assertThat(answeredByTls).isGreaterThan((int) SEEDS / 10);
    }

    private void run(long seed, int loops) {
        try {
            EngineSimulation simulation = new EngineSimulation(seed, loops);
            simulation.run();
            moved += simulation.moved;
            handOvers += simulation.handOvers;
            halfClosed += simulation.halfClosed;
            answeredByTls += simulation.answeredByTls;
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

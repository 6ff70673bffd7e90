package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.primitives.flags.Flag;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/** The simulated engine without each of its optimizations, and without all of them. */
final class FlagsOffTest {
    private static final int SEEDS = 6;
    private static final int SEEDS_OF_ALL = 60;
    @RegisterExtension final SilentLog silence = new SilentLog();

    static Collection<Flag> optimizations() {
        return Flags.declared().stream().filter(Flag::isOn).toList();
    }

    @ParameterizedTest
    @MethodSource("optimizations")
    void anEngineIsRightWithoutAnOptimization(Flag flag) {
        try (FlagOverride _ = Flags.override(flag, false)) {
            play(SEEDS);
        }
    }

    @Test
    void anEngineIsRightWithoutAnyOptimization() {
        Deque<FlagOverride> off = new ArrayDeque<>();
        try {
            for (Flag flag : optimizations()) off.push(Flags.override(flag, false));
            assertThat(optimizations()).isEmpty();
            play(SEEDS_OF_ALL);
        } finally {
            off.forEach(FlagOverride::close);
        }
    }

    private static void play(int seeds) {
        for (long seed = 0; seed < seeds; seed++) {
            try {
                new EngineSimulation(seed, 1 + (int) (seed % 2)).run();
            } catch (Throwable t) {
                throw new AssertionError("seed " + seed, t);
            }
        }
    }
}

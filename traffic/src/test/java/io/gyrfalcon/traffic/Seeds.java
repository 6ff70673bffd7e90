package io.gyrfalcon.traffic;

import java.util.Random;

/** Seeds of random tests: printed, and set by {@code -Dgyrfalcon.seed=N} to replay one. */
public final class Seeds {
    private Seeds() {}

    public static Random random(Class<?> test) {
        final long seed = Long.getLong("gyrfalcon.seed", System.nanoTime());
        System.out.println(test.getSimpleName() + " seed " + seed);
        return new Random(seed);
    }
}

package io.gyrfalcon.http2.hpack;

import java.util.Random;

/** Seeds of random tests: printed, and set by {@code -Dgyrfalcon.seed=N} to replay one. */
final class Seeds {
    private Seeds() {}

    static Random random(Class<?> test) {
        final long seed = Long.getLong("gyrfalcon.seed", System.nanoTime());
        System.out.println(test.getSimpleName() + " seed " + seed);
        return new Random(seed);
    }
}

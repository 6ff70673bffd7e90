package io.gyrfalcon.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.bench.GreeterUnderTest;
import io.gyrfalcon.bench.server.Outstanding;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.util.HashMap;
import java.util.Map;

/** The short twin of the ten-minute run, in the engine that the class path offers. */
@Timeout(300)
final class MixedLoadTest {
    private static final long WARM_MILLIS = 2_000;
    private static final long MILLIS = 1_000L * Integer.getInteger("bench.soak.seconds", 20);

    @Test
    void nothingIsLeftAfterCallsOfEveryKindCancelledResetAndDropped() throws Exception {
        long seed = Long.getLong("bench.soak.seed", System.nanoTime());
        System.out.println("mixed load, seed " + seed);
        try (GreeterUnderTest server = new GreeterUnderTest()) {
            new MixedLoad(server.port(), seed).run(WARM_MILLIS);
            Thread.sleep(1_500);
            int descriptorsBefore = descriptors();
            Tally tally = new MixedLoad(server.port(), seed).run(MILLIS);
            assertThat(tally.failures()).as("seed " + seed).isEmpty();
            assertThat(tally.counts())
                    .containsKeys(
                            "unary",
                            "downloads",
                            "uploads",
                            "chats",
                            "cancels",
                            "deadlines",
                            "resets",
                            "drops");
            assertThat(MixedLoad.awaitNothing(() -> held(descriptorsBefore)))
                    .as("held at the end, seed " + seed)
                    .isEmpty();
        }
    }

    private static Map<String, Long> held(int descriptorsBefore) {
        Map<String, Long> held = new HashMap<>(Outstanding.all());
        held.put("descriptors", (long) Math.max(0, descriptors() - descriptorsBefore));
        return held;
    }

    private static int descriptors() {
        String[] names = new File("/proc/self/fd").list();
        return names == null ? 0 : names.length;
    }
}

package io.gyrfalcon.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.bench.GreeterUnderTest;
import io.gyrfalcon.bench.server.Outstanding;
import io.gyrfalcon.bench.server.PlatformThreads;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.util.HashMap;
import java.util.Map;

/** The short twins of the ten-minute runs, in the engine that the class path offers. */
@Timeout(300)
final class MixedLoadTest {
    private static final long WARM_MILLIS = 2_000;
    private static final long MILLIS = 1_000L * Integer.getInteger("bench.soak.seconds", 20);

    private static final String[] KINDS = {
        "unary", "downloads", "uploads", "chats", "cancels", "deadlines", "resets", "drops"
    };

    @Test
    void nothingIsLeftAfterCallsOfEveryKindCancelledResetAndDropped() throws Exception {
        Tally tally = playAndLeaveNothing(0);
        assertThat(tally.counts()).containsKeys(KINDS);
    }

    @Test
    void nothingIsLeftWhereOneHandlerInAHundredBlocks() throws Exception {
        Tally tally = playAndLeaveNothing(1);
        assertThat(tally.counts()).containsKeys(KINDS);
        assertThat(tally.counts().keySet().stream().filter(name -> name.startsWith("block-")))
                .as("ways to block: %s", tally.counts())
                .hasSizeGreaterThanOrEqualTo(10);
    }

    private static Tally playAndLeaveNothing(int blockingPercent) throws Exception {
        long seed = Long.getLong("bench.soak.seed", System.nanoTime());
        System.out.println("mixed load, seed " + seed);
        try (GreeterUnderTest server = new GreeterUnderTest()) {
            new MixedLoad(server.port(), seed, blockingPercent).run(WARM_MILLIS);
            MixedLoad.awaitNothing(() -> new HashMap<>(Outstanding.all()));
            Thread.sleep(1_500);
            int descriptorsBefore = descriptors();
            long threadsBefore = PlatformThreads.count();
            Tally tally = new MixedLoad(server.port(), seed, blockingPercent).run(MILLIS);
            System.out.println(tally.counts());
            assertThat(tally.failures()).as("seed " + seed).isEmpty();
            assertThat(MixedLoad.awaitNothing(() -> held(descriptorsBefore, threadsBefore)))
                    .as("held at the end, seed " + seed)
                    .isEmpty();
            return tally;
        }
    }

    private static Map<String, Long> held(int descriptorsBefore, long threadsBefore) {
        Map<String, Long> held = new HashMap<>(Outstanding.all());
        held.put("threads", Math.max(0, PlatformThreads.count() - threadsBefore));
        held.put("descriptors", (long) Math.max(0, descriptors() - descriptorsBefore));
        return held;
    }

    private static int descriptors() {
        String[] names = new File("/proc/self/fd").list();
        return names == null ? 0 : names.length;
    }
}

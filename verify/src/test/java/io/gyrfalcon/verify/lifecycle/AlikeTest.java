package io.gyrfalcon.verify.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Random calls, played on both engines' servers with grpc-java's client, look alike from the
 * handler and from the client. {@code -Dverify.alike.seed=N} plays one of them again, {@code
 * -Dverify.alike.seconds=N} hunts for so long.
 */
@Timeout(3600)
final class AlikeTest {
    private static final int FIXED_SEEDS = 200;
    private static final int HUNT_SECONDS = Integer.getInteger("verify.alike.seconds", 0);
    private static final int SHOWN_MAX = 20;

    /** What handlers throw on purpose is nobody's news. */
    private static final List<Logger> LOGGERS =
            List.of(
                    Logger.getLogger("io.grpc"),
                    Logger.getLogger("io.gyrfalcon.grpc"),
                    Logger.getLogger("io.netty"));

    @BeforeAll
    static void quiet() {
        for (Logger logger : LOGGERS) logger.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        for (Logger logger : LOGGERS) logger.setLevel(null);
    }

    @Test
    void callsLookAlike() {
        Long only = Long.getLong("verify.alike.seed");
        long first = only == null ? 1 : only;
        long last = only == null ? FIXED_SEEDS : only;
        List<String> differences = new ArrayList<>();
        try (Alike alike = new Alike()) {
            for (long seed = first; seed <= last; seed++) note(alike.difference(seed), differences);
            hunt(alike, differences);
        }
        assertThat(differences).isEmpty();
    }

    /** Plays seeds that nobody has played, for as long as it was asked for. */
    private static void hunt(Alike alike, List<String> differences) {
        if (HUNT_SECONDS == 0) return;
        long first = System.currentTimeMillis() << 20;
        long seed = first;
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(HUNT_SECONDS)) {
            note(alike.difference(seed++), differences);
            if (differences.size() >= SHOWN_MAX) break;
        }
        System.out.println("alike: played seeds from " + first + " to " + (seed - 1));
        System.out.println("alike: differences that passed: " + alike.passing().size());
    }

    private static void note(@Nullable String difference, List<String> to) {
        if (difference == null) return;
        System.out.println(difference);
        to.add(difference);
    }
}

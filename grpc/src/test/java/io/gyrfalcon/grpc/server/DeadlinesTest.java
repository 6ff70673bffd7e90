package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Deadline;
import io.gyrfalcon.primitives.fixtures.ManualClock;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;
import io.gyrfalcon.primitives.time.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.concurrent.TimeUnit;

class DeadlinesTest {
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private static long remaining(Deadline deadline) {
        return deadline.timeRemaining(TimeUnit.NANOSECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDeadlineIsThatOfItsInstant(boolean isLean) {
        try (FlagOverride _ = Flags.override(GrpcFlags.LEAN_DEADLINES, isLean)) {
            for (int i = 0; i < 100; i++) {
                long due = System.nanoTime() + HOUR;
                long before = System.nanoTime();
                Deadline deadline = Deadlines.at(Clock.system(), due);
                long left = remaining(deadline);
                long after = System.nanoTime();
                assertThat(left).isBetween(due - after, due - before + 1_000_000);
            }
        }
    }

    @Test
    void anInstantThatHasPassedIsExpired() {
        assertThat(Deadlines.at(Clock.system(), System.nanoTime() - 1).isExpired()).isTrue();
        assertThat(Deadlines.at(Clock.system(), System.nanoTime() - HOUR).isExpired()).isTrue();
    }

    @Test
    void deadlinesCompareWithThoseOfUserCode() {
        Deadline late = Deadlines.at(Clock.system(), System.nanoTime() + HOUR);
        Deadline soon = Deadline.after(1, TimeUnit.MINUTES);
        assertThat(late.minimum(soon)).isSameAs(soon);
    }

    @Test
    void aTimeWithoutEndIsFarAway() {
        long due = Clock.deadline(System.nanoTime(), Long.MAX_VALUE);
        assertThat(remaining(Deadlines.at(Clock.system(), due)))
                .isGreaterThan(1_000_000 * HOUR / 2);
    }

    @Test
    void theInstantOfAnotherClockIsSeenFromThere() {
        ManualClock clock = new ManualClock();
        long left = remaining(Deadlines.at(clock, clock.nanoTime() + HOUR));
        assertThat(left).isBetween(HOUR - TimeUnit.MINUTES.toNanos(1), HOUR);
    }
}

package io.gyrfalcon.primitives.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.primitives.fixtures.ManualClock;

import org.junit.jupiter.api.Test;

class ClockTest {
    @Test
    void theSystemClockIsTheMachines() {
        long before = System.nanoTime();
        long now = Clock.system().nanoTime();
        assertThat(now - before).isNotNegative();
        assertThat(System.nanoTime() - now).isNotNegative();
    }

    @Test
    void aDeadlineSaturatesInsteadOfWrapping() {
        long now = Long.MAX_VALUE - 5;
        assertThat(Clock.deadline(now, 3) - now).isEqualTo(3);
        assertThat(Clock.deadline(now, -3) - now).isEqualTo(-3);
        assertThat(Clock.deadline(now, Long.MAX_VALUE) - now).isEqualTo(Clock.DELAY_NANOS_MAX);
        assertThat(Clock.deadline(now, Long.MIN_VALUE) - now).isEqualTo(-Clock.DELAY_NANOS_MAX);
    }

    @Test
    void theManualClockMovesOnlyForwardAndOnlyWhenMoved() {
        ManualClock clock = new ManualClock();
        long start = clock.nanoTime();
        assertThat(clock.nanoTime()).isEqualTo(start);
        assertThat(clock.advance(5)).isEqualTo(start + 5);
        assertThat(clock.advanceMillis(2)).isEqualTo(start + 2_000_005);
        assertThatThrownBy(() -> clock.advance(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}

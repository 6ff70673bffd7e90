package io.gyrfalcon.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WakeUpTest {
    @Test
    void anInstantIsDueWhenItComesWhateverTheSignOfTheClock() {
        for (long now : new long[] {-5_000, 0, 5_000, Long.MAX_VALUE - 10, Long.MIN_VALUE}) {
            long at = WakeUp.after(now, 100);
            assertThat(WakeUp.isDue(at, now + 99)).as("" + now).isFalse();
            assertThat(WakeUp.isDue(at, now + 100)).as("" + now).isTrue();
        }
    }

    @Test
    void neverIsNeverDueAndNeverFirst() {
        assertThat(WakeUp.isDue(WakeUp.NEVER, -1)).isFalse();
        assertThat(WakeUp.isDue(WakeUp.NEVER, Long.MAX_VALUE)).isFalse();
        assertThat(WakeUp.earlier(WakeUp.NEVER, 7)).isEqualTo(7);
        assertThat(WakeUp.earlier(7, WakeUp.NEVER)).isEqualTo(7);
        assertThat(WakeUp.earlier(WakeUp.NEVER, WakeUp.NEVER)).isEqualTo(WakeUp.NEVER);
    }

    @Test
    void theEarlierOfTwoIsFoundAcrossTheOverflow() {
        assertThat(WakeUp.earlier(3, 5)).isEqualTo(3);
        assertThat(WakeUp.earlier(5, 3)).isEqualTo(3);
        long before = Long.MAX_VALUE - 1;
        assertThat(WakeUp.earlier(before, before + 100)).isEqualTo(before);
    }

    @Test
    void aDelayIsNeitherNegativeNorOverflows() {
        assertThat(WakeUp.after(10, -3)).isEqualTo(10);
        assertThat(WakeUp.isDue(WakeUp.after(10, Long.MAX_VALUE), 1L << 61)).isFalse();
    }
}

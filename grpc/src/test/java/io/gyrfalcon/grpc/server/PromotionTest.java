package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromotionTest {
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;

    private final Promotion promotion = new Promotion();

    private void runElsewhere(int times, long nanos) {
        for (int i = 0; i < times; i++) promotion.ranElsewhere(nanos);
    }

    private void mount(int times, long nanos) {
        for (int i = 0; i < times; i++) promotion.mounted(nanos, i);
    }

    @Test
    void aMethodIsPromotedAfter64ShortRunsInARow() {
        runElsewhere(63, 200 * MICRO);
        assertThat(promotion.isPromoted()).isFalse();
        runElsewhere(1, 200 * MICRO);
        assertThat(promotion.isPromoted()).isTrue();
        assertThat(promotion.isCandidate()).isFalse();
    }

    @Test
    void aLongRunBeginsTheCountAnew() {
        runElsewhere(63, MICRO);
        runElsewhere(1, 201 * MICRO);
        runElsewhere(63, MICRO);
        assertThat(promotion.isPromoted()).isFalse();
        runElsewhere(1, MICRO);
        assertThat(promotion.isPromoted()).isTrue();
    }

    @Test
    void aMethodGoesBackWhenMoreThanOneMountIn64IsLong() {
        runElsewhere(64, MICRO);
        mount(2, 2 * MILLI);
        assertThat(promotion.isPromoted()).isTrue();
        mount(64, 500 * MICRO);
        mount(1, MILLI + 1);
        assertThat(promotion.isPromoted()).isTrue();
        mount(1, MILLI + 1);
        assertThat(promotion.isPromoted()).isFalse();
        assertThat(promotion.counts()).isEqualTo(new Promotion.Counts(false, 1, 1, 68, 4, 64));
    }

    @Test
    void whoWentBackNeedsTwiceAsManyShortRuns() {
        runElsewhere(64, MICRO);
        mount(3, 2 * MILLI);
        assertThat(promotion.isPromoted()).isFalse();
        runElsewhere(127, MICRO);
        assertThat(promotion.isPromoted()).isFalse();
        runElsewhere(1, MICRO);
        assertThat(promotion.isPromoted()).isTrue();
        mount(1, 2 * MILLI);
        assertThat(promotion.isPromoted()).as("strikes are forgotten").isTrue();
    }

    @Test
    void whatIsSettledByHandStays() {
        promotion.carrying(Carrying.ALWAYS);
        assertThat(promotion.isPromoted()).isTrue();
        mount(1_000, 5 * MILLI);
        assertThat(promotion.isPromoted()).isTrue();
        promotion.carrying(Carrying.NEVER);
        runElsewhere(1_000, MICRO);
        assertThat(promotion.isPromoted()).isFalse();
        assertThat(promotion.isCandidate()).isFalse();
        promotion.carrying(Carrying.MEASURED);
        assertThat(promotion.isCandidate()).isTrue();
    }

    @Test
    void timesAreCountedByPowersOfTwoInEveryStripe() {
        MountTimes times = new MountTimes();
        for (int stripe = 0; stripe < 20; stripe++) {
            times.record(0, stripe);
            times.record(1_023, stripe);
            times.record(1_024, stripe);
            times.record(Long.MAX_VALUE, stripe);
        }
        assertThat(times.count()).isEqualTo(80);
        assertThat(times.countAbove(1_024)).isEqualTo(40);
        assertThat(times.countAbove(1_025)).isEqualTo(40);
        assertThat(times.countAbove(512)).isEqualTo(60);
        assertThat(times.countAbove(0)).isEqualTo(80);
        assertThat(times.countAbove(Long.MAX_VALUE)).isEqualTo(20);
    }
}

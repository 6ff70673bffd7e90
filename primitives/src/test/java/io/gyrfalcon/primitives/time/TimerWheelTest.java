package io.gyrfalcon.primitives.time;

import static io.gyrfalcon.primitives.time.TimerWheel.TICK_NANOS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

class TimerWheelTest {
    private static final long START = Long.MAX_VALUE - TimeUnit.HOURS.toNanos(1);

    private final TimerWheel wheel = new TimerWheel(START);
    private final List<String> fired = new ArrayList<>();

    private final class Named extends Timer {
        private final String name;
        private Runnable then = () -> {};

        Named(String name) {
            this.name = name;
        }

        @Override
        protected void onTimer(long nowNanos) {
            assertThat(isScheduled()).isFalse();
            assertThat(nowNanos - deadlineNanos()).isNotNegative();
            fired.add(name);
            then.run();
        }
    }

    @Test
    void anEmptyWheelWaitsForEver() {
        assertThat(wheel.nanosToNext(START)).isEqualTo(Long.MAX_VALUE);
        assertThat(wheel.expire(START + 1)).isZero();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void aTimerFiresOnceAtItsDeadlineAndNotBefore() {
        Named timer = new Named("a");
        long deadline = START + 10 * TICK_NANOS;
        wheel.schedule(timer, deadline);
        assertThat(timer.isScheduled()).isTrue();
        assertThat(timer.deadlineNanos()).isEqualTo(deadline);
        assertThat(wheel.expire(deadline - 1)).isZero();
        assertThat(wheel.expire(deadline)).isEqualTo(1);
        assertThat(wheel.expire(deadline + 100 * TICK_NANOS)).isZero();
        assertThat(fired).containsExactly("a");
        assertThat(wheel.size()).isZero();
    }

    @Test
    void aDeadlineWithinATickIsRoundedUp() {
        wheel.schedule(new Named("a"), START + 1);
        assertThat(wheel.nanosToNext(START)).isEqualTo(TICK_NANOS);
        assertThat(wheel.expire(START + TICK_NANOS - 1)).isZero();
        assertThat(wheel.expire(START + TICK_NANOS)).isEqualTo(1);
    }

    @Test
    void aDeadlineInThePastFiresAtTheNextCall() {
        wheel.expire(START + 5 * TICK_NANOS);
        wheel.schedule(new Named("a"), START - TimeUnit.DAYS.toNanos(400));
        assertThat(wheel.nanosToNext(START + 5 * TICK_NANOS)).isZero();
        assertThat(wheel.expire(START + 5 * TICK_NANOS)).isEqualTo(1);
    }

    @Test
    void aCancelledTimerDoesNotFire() {
        Named[] timers = {new Named("a"), new Named("b"), new Named("c")};
        for (Named timer : timers) wheel.schedule(timer, START + TICK_NANOS);
        wheel.cancel(timers[1]);
        wheel.cancel(timers[1]);
        wheel.cancel(new Named("never scheduled"));
        assertThat(wheel.size()).isEqualTo(2);
        wheel.expire(START + TICK_NANOS);
        assertThat(fired).containsExactly("a", "c");
        assertThat(wheel.nanosToNext(START)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void schedulingAgainMovesTheTimer() {
        Named timer = new Named("a");
        wheel.schedule(timer, START + TICK_NANOS);
        wheel.schedule(timer, START + 1000 * TICK_NANOS);
        assertThat(wheel.size()).isEqualTo(1);
        assertThat(wheel.expire(START + 999 * TICK_NANOS)).isZero();
        assertThat(wheel.expire(START + 1000 * TICK_NANOS)).isEqualTo(1);
    }

    @Test
    void timersFireInTheOrderOfTheirTicksWhateverTheirLevel() {
        long[] ticks = {5, 64, 4096, 70, 4095, 1 << 20, 63, 65, 4097};
        for (long tick : ticks) wheel.schedule(new Named("" + tick), START + tick * TICK_NANOS);
        wheel.expire(START + (1L << 21) * TICK_NANOS);
        assertThat(fired)
                .containsExactly("5", "63", "64", "65", "70", "4095", "4096", "4097", "1048576");
    }

    @Test
    void aCallbackMayScheduleAndCancelOthers() {
        Named first = new Named("first");
        Named cancelled = new Named("cancelled");
        Named later = new Named("later");
        long deadline = START + TICK_NANOS;
        first.then =
                () -> {
                    wheel.cancel(cancelled);
                    wheel.schedule(later, deadline + TICK_NANOS);
                    wheel.schedule(first, START);
                    first.then = () -> {};
                };
        wheel.schedule(first, deadline);
        wheel.schedule(cancelled, deadline);
        wheel.expire(START + 10 * TICK_NANOS);
        assertThat(fired).containsExactly("first", "later");
        wheel.expire(START + 10 * TICK_NANOS);
        assertThat(fired).containsExactly("first", "later", "first");
    }

    @Test
    void aTimerThatAlwaysSchedulesItselfForNowDoesNotHoldTheCaller() {
        Named timer = new Named("a");
        timer.then = () -> wheel.schedule(timer, START);
        wheel.schedule(timer, START);
        assertThat(wheel.expire(START + 100 * TICK_NANOS)).isEqualTo(1);
        assertThat(timer.isScheduled()).isTrue();
    }

    @Test
    void aTimerThatThrowsDoesNotTakeTheOthersWithIt() {
        Named bad = new Named("bad");
        bad.then =
                () -> {
                    throw new IllegalStateException("bad");
                };
        wheel.schedule(bad, START + TICK_NANOS);
        wheel.schedule(new Named("good"), START + TICK_NANOS);
        long now = START + TICK_NANOS;
        assertThatThrownBy(() -> wheel.expire(now)).hasMessage("bad");
        assertThat(wheel.nanosToNext(now)).isZero();
        assertThat(wheel.expire(now)).isEqualTo(1);
        assertThat(fired).containsExactly("bad", "good");
    }

    @Test
    void timeThatGoesBackwardsFiresNothingEarly() {
        wheel.expire(START + 100 * TICK_NANOS);
        wheel.schedule(new Named("a"), START + 200 * TICK_NANOS);
        assertThat(wheel.expire(START + 50 * TICK_NANOS)).isZero();
        assertThat(wheel.expire(START - 50 * TICK_NANOS)).isZero();
        assertThat(wheel.expire(START + 200 * TICK_NANOS)).isEqualTo(1);
    }

    @Test
    void deadlinesBeyondTheTopLevelAreKept() {
        long now = START + 12_345 * TICK_NANOS;
        wheel.expire(now);
        long[] days = {1, 30, 365, 800, 900, 5_000, 20_000};
        for (long day : days) wheel.schedule(new Named("" + day), now + TimeUnit.DAYS.toNanos(day));
        // Exactly one whole turn ahead: the slot that is current on the top level.
        wheel.schedule(new Named("turn"), now + (1L << 36) * TICK_NANOS);
        for (long day : days) {
            long deadline = now + TimeUnit.DAYS.toNanos(day);
            wheel.expire(deadline - 1);
            assertThat(fired).doesNotContain("" + day);
            assertThat(wheel.nanosToNext(deadline - 1)).isLessThanOrEqualTo(TICK_NANOS + 1);
            wheel.expire(deadline + TICK_NANOS);
            assertThat(fired).contains("" + day);
        }
        assertThat(fired).contains("turn").hasSize(days.length + 1);
    }

    @Test
    void neverEarlyAndNeverMoreThanATickLateForAnySchedule() {
        for (int round = 0; round < 60; round++) {
            long seed = System.nanoTime() + round;
            try {
                playSchedule(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static final class Checked extends Timer {
        private long firedNanos;
        private boolean hasFired;

        @Override
        protected void onTimer(long nowNanos) {
            firedNanos = nowNanos;
            hasFired = true;
        }
    }

    private static void playSchedule(Random random) {
        long start = random.nextLong();
        TimerWheel wheel = new TimerWheel(start);
        List<Checked> waiting = new ArrayList<>();
        long now = start;
        for (int step = 0; step < 400; step++) {
            for (int i = random.nextInt(4); i > 0; i--) {
                Checked timer = new Checked();
                wheel.schedule(timer, now + (random.nextLong() >>> (14 + random.nextInt(45))));
                waiting.add(timer);
            }
            if (!waiting.isEmpty() && random.nextInt(4) == 0) {
                wheel.cancel(waiting.remove(random.nextInt(waiting.size())));
            }
            long untilNext = wheel.nanosToNext(now);
            long earliest = earliest(waiting, now);
            assertThat(untilNext == Long.MAX_VALUE).isEqualTo(waiting.isEmpty());
            if (!waiting.isEmpty())
                assertThat(untilNext).isLessThanOrEqualTo(earliest + TICK_NANOS);
            // As a loop: sleep until told, or be woken earlier.
            if (!waiting.isEmpty()) now += random.nextInt(3) == 0 ? untilNext / 2 : untilNext;
            wheel.expire(now);
            long expired = now;
            waiting.removeIf(timer -> isRightlyGone(timer, expired));
            assertThat(wheel.size()).isEqualTo(waiting.size());
        }
    }

    private static long earliest(List<Checked> waiting, long now) {
        long earliest = Long.MAX_VALUE;
        for (Checked timer : waiting) {
            earliest = Math.min(earliest, Math.max(0, timer.deadlineNanos() - now));
        }
        return earliest;
    }

    private static boolean isRightlyGone(Checked timer, long now) {
        long late = now - timer.deadlineNanos();
        if (!timer.hasFired) {
            assertThat(late).as("late").isLessThan(TICK_NANOS);
            return false;
        }
        assertThat(timer.firedNanos - timer.deadlineNanos()).as("early").isNotNegative();
        return true;
    }
}

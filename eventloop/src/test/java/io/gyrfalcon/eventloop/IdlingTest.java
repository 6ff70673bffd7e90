package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.poll.Poller;
import io.gyrfalcon.eventloop.poll.Port;
import io.gyrfalcon.eventloop.poll.Ready;
import io.gyrfalcon.eventloop.poll.Wire;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;
import io.gyrfalcon.primitives.time.Clock;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

class IdlingTest {
    private static final long LOOK_NANOS = 500;
    private static final long MICRO = 1_000;
    private static final long SECOND = 1_000_000_000L;

    private final Mailbox mailbox = new Mailbox();
    private final World world = new World();

    /** A clock that moves when it is read, and a poller for which events fall due. */
    private final class World implements Poller, Clock {
        long now;
        long eventAt = Long.MAX_VALUE;
        int looks;
        int sleeps;
        long spunNanos;
        boolean needsTheCore;
        Runnable onLook = () -> {};

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public int await(long nanosMax) {
            if (nanosMax <= 0) {
                looks++;
                now += LOOK_NANOS;
                spunNanos += LOOK_NANOS;
                if (needsTheCore && eventAt != Long.MAX_VALUE) eventAt += LOOK_NANOS;
                onLook.run();
                return take();
            }
            sleeps++;
            now = Math.min(eventAt, nanosMax == Long.MAX_VALUE ? eventAt : now + nanosMax);
            return take();
        }

        private int take() {
            if (now < eventAt) return 0;
            eventAt = Long.MAX_VALUE;
            return 1;
        }

        @Override
        public void deliver() {}

        @Override
        public void wakeUp() {
            throw new AssertionError("nobody has to be woken by the system here");
        }

        @Override
        public Port listen(SocketAddress address, ListenOptions options, boolean shared) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Wire connect(SocketAddress address, SocketOptions options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void register(Wire wire, Ready target) {}

        @Override
        public void register(Port port, Ready target) {}

        @Override
        public void deregister(Wire wire) {}

        @Override
        public void deregister(Port port) {}

        @Override
        public long threadCpuNanos() {
            return UNKNOWN;
        }

        @Override
        public void endTargets() {}

        @Override
        public void close() {}
    }

    private Idling idling(IdlePolicy policy) {
        return new Idling(policy, mailbox, world, world, false);
    }

    private int next(Idling idling, long afterNanos) {
        world.eventAt = world.now + afterNanos;
        return idling.await(Long.MAX_VALUE);
    }

    @Test
    void blockSleepsUntilTheEvent() {
        assertThat(next(idling(IdlePolicy.BLOCK), 10 * MICRO)).isEqualTo(1);
        assertThat(world.sleeps).isEqualTo(1);
        assertThat(world.looks).isZero();
    }

    @Test
    void timeThatIsSpunIsToldApartFromTimeAsleep() {
        Idling spinning = idling(IdlePolicy.SPIN);
        assertThat(next(spinning, 10 * MICRO)).isEqualTo(1);
        assertThat(next(spinning, 30 * MICRO)).isEqualTo(1);
        assertThat(spinning.spunNanos()).isBetween(38 * MICRO, 40 * MICRO);
        Idling blocking = idling(IdlePolicy.BLOCK);
        assertThat(next(blocking, 10 * MICRO)).isEqualTo(1);
        assertThat(blocking.spunNanos()).isZero();
    }

    @Test
    void spinNeverSleepsAndEndsInTime() {
        Idling idling = idling(IdlePolicy.SPIN);
        assertThat(next(idling, 10_000 * MICRO)).isEqualTo(1);
        long start = world.now;
        assertThat(idling.await(3 * MICRO)).isZero();
        assertThat(world.now - start).isBetween(3 * MICRO, 3 * MICRO + LOOK_NANOS);
        assertThat(world.sleeps).isZero();
    }

    @Test
    void aLetterEndsASpinWithoutAWakeUp() {
        Idling idling = idling(IdlePolicy.SPIN);
        Letter letter = _ -> {};
        Mailbox.Posted[] posted = new Mailbox.Posted[1];
        world.onLook = () -> posted[0] = mailbox.post(letter);
        assertThat(idling.await(Long.MAX_VALUE)).isZero();
        assertThat(posted[0]).isEqualTo(Mailbox.Posted.DONE);
        assertThat(world.looks).isEqualTo(1);
        assertThat(mailbox.take()).isSameAs(letter);
    }

    @Test
    void aLetterThatWaitsAlreadyIsNotSpunOn() {
        mailbox.post(_ -> {});
        for (IdlePolicy policy : IdlePolicy.values()) {
            assertThat(idling(policy).await(SECOND)).isZero();
        }
        assertThat(world.looks).isEqualTo(3);
        assertThat(world.sleeps).isZero();
        assertThat(mailbox.wantsWakeUp()).isFalse();
    }

    @Test
    void aQuietLetterDoesNotEndASpinButNobodyFallsAsleepOnIt() {
        assertThat(mailbox.spin()).isTrue();
        mailbox.postQuietly(_ -> {});
        assertThat(mailbox.isSpinning()).isTrue();
        assertThat(mailbox.fallAsleepSpinning()).isFalse();
        assertThat(mailbox.wantsWakeUp()).isFalse();
    }

    @Test
    void whoeverFindsASpinEndsItAndWhoeverComesLaterFindsTheSleep() {
        assertThat(mailbox.spin()).isTrue();
        assertThat(mailbox.wantsWakeUp()).isFalse();
        assertThat(mailbox.isSpinning()).isFalse();
        assertThat(mailbox.fallAsleepSpinning()).isFalse();
        assertThat(mailbox.spin()).isTrue();
        assertThat(mailbox.fallAsleepSpinning()).isTrue();
        assertThat(mailbox.wantsWakeUp()).isTrue();
        assertThat(mailbox.wantsWakeUp()).isFalse();
    }

    @Test
    void adaptiveSleepsAtFirstAndLooksOnceEventsComeFast() {
        Idling idling = idling(IdlePolicy.ADAPTIVE);
        assertThat(next(idling, 10 * MICRO)).isEqualTo(1);
        assertThat(world.looks).isZero();
        for (int i = 0; i < 100; i++) next(idling, 10 * MICRO);
        int sleeps = world.sleeps;
        for (int i = 0; i < 100; i++) assertThat(next(idling, 10 * MICRO)).isEqualTo(1);
        assertThat(world.sleeps).isEqualTo(sleeps);
    }

    @Test
    void adaptiveSleepsAgainOnceEventsComeSlowly() {
        Idling idling = idling(IdlePolicy.ADAPTIVE);
        for (int i = 0; i < 100; i++) next(idling, 10 * MICRO);
        long spunBefore = world.spunNanos;
        for (int i = 0; i < 1000; i++) assertThat(next(idling, 200 * MICRO)).isEqualTo(1);
        assertThat(world.spunNanos - spunBefore).isLessThan(10 * Idling.SPIN_NANOS);
    }

    @Test
    void adaptiveGivesTheCoreUpToWhoNeedsItToSend() {
        Idling idling = idling(IdlePolicy.ADAPTIVE);
        world.needsTheCore = true;
        int events = 100_000;
        for (int i = 0; i < events; i++) assertThat(next(idling, 10 * MICRO)).isEqualTo(1);
        assertThat(world.spunNanos).isPositive();
        assertThat(world.spunNanos).isLessThan(events * 10 * MICRO / 50);
    }

    @Test
    void adaptiveRemembersNoMoreMissesThanItHasTo() {
        Idling idling = idling(IdlePolicy.ADAPTIVE);
        world.needsTheCore = true;
        for (int i = 0; i < 100_000; i++) next(idling, 10 * MICRO);
        world.needsTheCore = false;
        for (int i = 0; i < 3 * Idling.SLEEPS_MAX; i++) next(idling, 10 * MICRO);
        int sleeps = world.sleeps;
        for (int i = 0; i < 100; i++) next(idling, 10 * MICRO);
        assertThat(world.sleeps).isEqualTo(sleeps);
    }

    @Test
    void adaptiveEndsWithItsTimeAndWithALetter() {
        Idling idling = idling(IdlePolicy.ADAPTIVE);
        for (int i = 0; i < 100; i++) next(idling, 10 * MICRO);
        world.eventAt = Long.MAX_VALUE;
        long start = world.now;
        assertThat(idling.await(20 * MICRO)).isZero();
        assertThat(world.now - start).isBetween(20 * MICRO, 21 * MICRO);
        for (int i = 0; i < 10; i++) next(idling, 10 * MICRO);
        world.eventAt = Long.MAX_VALUE;
        int sleeps = world.sleeps;
        world.onLook = () -> mailbox.post(_ -> {});
        assertThat(idling.await(SECOND)).isZero();
        assertThat(world.sleeps).isEqualTo(sleeps);
        assertThat(mailbox.take()).isNotNull();
    }

    @Test
    void theFlagPutsEveryLoopToSleep() throws Exception {
        try (FlagOverride _ = Flags.override(LoopFlags.IDLE_SPINNING, false)) {
            assertThat(cpuShareOfAnIdleLoop(IdlePolicy.SPIN)).isLessThan(0.5);
        }
    }

    @Test
    void anIdleAdaptiveLoopUsesAtMostTwoPercentOfACore() throws Exception {
        assertThat(cpuShareOfAnIdleLoop(IdlePolicy.ADAPTIVE)).isLessThanOrEqualTo(0.02);
    }

    private static double cpuShareOfAnIdleLoop(IdlePolicy policy) throws InterruptedException {
        LoopSettings settings = LoopSettings.defaults().withLoops(1).withIdle(policy);
        try (TestGroup test = new TestGroup(settings)) {
            Loop loop = test.group.loop(0);
            for (int i = 0; i < 10_000; i++) TestGroup.on(loop, Loop::index);
            long id = TestGroup.on(loop, _ -> Thread.currentThread().threadId());
            var threads = ManagementFactory.getThreadMXBean();
            long cpu = threads.getThreadCpuTime(id);
            Thread.sleep(1000);
            return (threads.getThreadCpuTime(id) - cpu) / (double) SECOND;
        }
    }

    @Test
    void noLetterAndNoTimerIsLostWhereSpinsTurnIntoSleep() throws Exception {
        for (IdlePolicy policy : IdlePolicy.values()) {
            LoopSettings settings = LoopSettings.defaults().withLoops(1).withIdle(policy);
            try (TestGroup test = new TestGroup(settings)) {
                Loop loop = test.group.loop(0);
                AtomicLong answered = new AtomicLong();
                for (int i = 0; i < 20_000; i++) {
                    long before = answered.get();
                    assertThat(loop.post(_ -> answered.incrementAndGet())).isTrue();
                    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
                    while (answered.get() == before) {
                        assertThat(System.nanoTime())
                                .as("%s, letter %d", policy, i)
                                .isLessThan(limit);
                        Thread.onSpinWait();
                    }
                    // Around the length of a spin, where it turns into sleep.
                    pause(i % 100 * MICRO);
                }
            }
        }
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) Thread.onSpinWait();
    }
}

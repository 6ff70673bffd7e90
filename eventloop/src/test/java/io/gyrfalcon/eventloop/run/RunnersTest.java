package io.gyrfalcon.eventloop.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

class RunnersTest {
    private final Semaphore wakeUps = new Semaphore(0);
    private final SpareThreads helpers = new SpareThreads(8);
    private Runners runners;

    @BeforeEach
    void open() {
        runners = new Runners(wakeUps::release, 16, true, helpers);
    }

    @AfterEach
    void close() {
        runners.close();
        awaitLive(runners, 0);
        assertThat(runners.idle()).isZero();
    }

    /**
     * Lives like a loop, turn by turn, until the latch is down. Returns whether it came down in
     * time.
     */
    private boolean loopUntil(CountDownLatch latch, long millisMax) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millisMax);
        while (System.nanoTime() - end < 0) {
            runners.handOver(System.nanoTime());
            long wait = Math.min(runners.nanosToNext(System.nanoTime()), 5_000_000);
            if (latch.getCount() == 0) return true;
            if (wait > 0) wakeUps.tryAcquire(wait, TimeUnit.NANOSECONDS);
        }
        return latch.getCount() == 0;
    }

    /** Submits a task so often and lives until it has run as often. */
    private boolean loopUntilAllRan(int times, Runnable task) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(times);
        for (int i = 0; i < times; i++) {
            runners.submit(
                    () -> {
                        task.run();
                        done.countDown();
                    });
        }
        return loopUntil(done, 20_000);
    }

    /** A task that says that it runs, and blocks until it is released. */
    private static Runnable blocking(CountDownLatch running, CountDownLatch release) {
        return () -> {
            running.countDown();
            awaitQuietly(release);
        };
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static long millisSince(long startNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    private static void awaitLive(Runners of, int most) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (of.live() > most && System.nanoTime() - end < 0) LockSupport.parkNanos(100_000);
        assertThat(of.live()).isLessThanOrEqualTo(most);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void tasksOfATurnRunInOrderOnOneVirtualThread() throws Exception {
        List<Integer> order = new ArrayList<>();
        List<Boolean> virtual = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(500);
        for (int i = 0; i < 500; i++) {
            int number = i;
            runners.submit(
                    () -> {
                        synchronized (order) {
                            order.add(number);
                            virtual.add(Thread.currentThread().isVirtual());
                        }
                        done.countDown();
                    });
        }
        assertThat(runners.nanosToNext(0)).isZero();
        assertThat(runners.live()).isZero();
        runners.handOver(System.nanoTime());
        assertThat(runners.live()).isEqualTo(1);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 500; i++) assertThat(order.get(i)).isEqualTo(i);
        assertThat(virtual).doesNotContain(false);
        runners.handOver(System.nanoTime());
        assertThat(runners.nanosToNext(System.nanoTime())).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void runnersAreRecycled() throws Exception {
        for (int i = 0; i < 200; i++) {
            CountDownLatch done = new CountDownLatch(1);
            runners.submit(done::countDown);
            assertThat(loopUntil(done, 10_000)).isTrue();
        }
        assertThat(runners.live()).isLessThanOrEqualTo(8);
    }

    @Test
    void blockedTasksDoNotHoldTheOthers() throws Exception {
        CountDownLatch running = new CountDownLatch(100);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            Runnable task = blocking(running, release);
            runners.submit(
                    () -> {
                        task.run();
                        done.countDown();
                    });
        }
        long start = System.nanoTime();
        assertThat(loopUntil(running, 10_000)).isTrue();
        long tookMillis = millisSince(start);
        System.out.println("100 blocking tasks were all running after " + tookMillis + " ms");
        assertThat(tookMillis).isLessThan(10_000);
        release.countDown();
        assertThat(loopUntil(done, 10_000)).isTrue();
    }

    @Test
    void aThousandSleepsTakeAboutOneAndTheThreadsGoAway() throws Exception {
        long start = System.nanoTime();
        assertThat(loopUntilAllRan(1000, () -> sleep(100))).isTrue();
        long tookMillis = millisSince(start);
        System.out.println("1,000 sleeps of 100 ms took " + tookMillis + " ms");
        assertThat(tookMillis).isGreaterThanOrEqualTo(100).isLessThan(20_000);
        awaitLive(runners, 16);
        assertThat(helpers.size()).isLessThanOrEqualTo(8);
    }

    @Test
    void aTaskThatComesWhileALoneOneBlocksDoesNotWait() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        runners.submit(blocking(blocked, release));
        assertThat(loopUntil(blocked, 10_000)).isTrue();
        sleep(1);
        runners.handOver(System.nanoTime());
        CountDownLatch second = new CountDownLatch(1);
        runners.submit(second::countDown);
        runners.handOver(System.nanoTime());
        assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
        release.countDown();
    }

    @Test
    void aTaskThatIsKnownToBlockGetsARunnerOfItsOwn() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(10);
        for (int i = 0; i < 10; i++) runners.submitAlone(blocking(blocked, release));
        assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(runners.live()).isEqualTo(10);
        release.countDown();
    }

    /** Virtual threads that hold every carrier until they are told to stop. */
    private static AtomicBoolean holdCarriers() throws InterruptedException {
        int carriers = Runtime.getRuntime().availableProcessors();
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch burning = new CountDownLatch(carriers);
        for (int i = 0; i < carriers; i++) {
            Thread.startVirtualThread(
                    () -> {
                        burning.countDown();
                        while (!stop.get()) Thread.onSpinWait();
                    });
        }
        assertThat(burning.await(20, TimeUnit.SECONDS)).isTrue();
        return stop;
    }

    @Test
    void platformThreadsHelpWhenTheCarriersAreBusy() throws Exception {
        AtomicBoolean stop = holdCarriers();
        try {
            AtomicInteger onPlatform = new AtomicInteger();
            boolean areDone =
                    loopUntilAllRan(
                            20,
                            () -> {
                                if (!Thread.currentThread().isVirtual()) {
                                    onPlatform.incrementAndGet();
                                }
                            });
            assertThat(areDone).isTrue();
            assertThat(onPlatform).hasValue(20);
            assertThat(helpers.size()).isBetween(1, 8);
        } finally {
            stop.set(true);
        }
    }

    @Test
    void helpersAreBoundedAndTheirTasksAllRun() throws Exception {
        AtomicBoolean stop = holdCarriers();
        try {
            assertThat(loopUntilAllRan(24, () -> sleep(10))).isTrue();
            assertThat(helpers.size()).isLessThanOrEqualTo(8);
        } finally {
            stop.set(true);
        }
    }

    @Test
    void aTaskThatFailsOrLeavesAnInterruptDoesNotDisturbTheNext() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        runners.submit(
                () -> {
                    throw new IllegalStateException("on purpose");
                });
        runners.submit(
                () -> {
                    throw new StackOverflowError("on purpose");
                });
        runners.submit(() -> Thread.currentThread().interrupt());
        runners.submit(
                () -> {
                    interrupted.set(Thread.currentThread().isInterrupted());
                    done.countDown();
                });
        assertThat(loopUntil(done, 10_000)).isTrue();
        assertThat(interrupted).isFalse();
    }

    @Test
    void moreTasksThanTheRingHoldsAllRunOnce() throws Exception {
        int count = 20_000;
        CountDownLatch done = new CountDownLatch(count);
        AtomicIntegerArray runs = new AtomicIntegerArray(count);
        for (int i = 0; i < count; i++) {
            int number = i;
            runners.submit(
                    () -> {
                        runs.incrementAndGet(number);
                        done.countDown();
                    });
        }
        assertThat(loopUntil(done, 20_000)).isTrue();
        for (int i = 0; i < count; i++) assertThat(runs.get(i)).isEqualTo(1);
        assertThat(runners.nanosToNext(System.nanoTime())).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void slowTasksSpreadOverTheProcessors() throws Exception {
        Runnable slow =
                () -> {
                    long end = System.nanoTime() + 5_000;
                    while (System.nanoTime() - end < 0) Thread.onSpinWait();
                };
        assertThat(loopUntilAllRan(3000, slow)).isTrue();
    }

    @Test
    void withoutBatchingEveryTaskHasItsOwnHandOver() throws Exception {
        Runners single = new Runners(() -> {}, 16, false, helpers);
        CountDownLatch running = new CountDownLatch(5);
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < 5; i++) single.submit(blocking(running, release));
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(single.live()).isEqualTo(5);
        release.countDown();
        single.close();
    }

    @Test
    void queuedTasksStillRunAfterTheClose() throws Exception {
        int count = 6_000;
        CountDownLatch done = new CountDownLatch(count);
        for (int i = 0; i < count; i++) runners.submit(done::countDown);
        runners.close();
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        CountDownLatch late = new CountDownLatch(1);
        runners.submitAlone(late::countDown);
        assertThat(late.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void closingAgainstRunnersThatSitDownLosesNoTask() throws Exception {
        for (int i = 0; i < 300; i++) {
            Runners one = new Runners(() -> {}, 16, true, helpers);
            CountDownLatch done = new CountDownLatch(2);
            one.submit(done::countDown);
            one.handOver(System.nanoTime());
            if (i % 2 == 0) LockSupport.parkNanos(i * 200L);
            one.submitAlone(done::countDown);
            one.close();
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            awaitLive(one, 0);
        }
    }

    @Test
    void inlineRunnersRunAtTheHandOver() {
        Runners inline = Runners.inline();
        List<Integer> order = new ArrayList<>();
        inline.submit(
                () -> {
                    order.add(1);
                    inline.submit(() -> order.add(3));
                });
        inline.submitAlone(() -> order.add(2));
        assertThat(order).isEmpty();
        assertThat(inline.nanosToNext(0)).isZero();
        inline.handOver(0);
        assertThat(order).containsExactly(1, 2, 3);
        assertThat(inline.nanosToNext(0)).isEqualTo(Long.MAX_VALUE);
        inline.submit(() -> order.add(4));
        inline.close();
        assertThat(order).hasSize(3);
    }

    @Test
    void aHandOverAllocatesNothing() throws Exception {
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        AtomicInteger count = new AtomicInteger();
        Runnable task = count::incrementAndGet;
        int rounds = 4_000;
        long bytes = 0;
        int submitted = 0;
        for (int i = 0; i < rounds; i++) {
            if (i == rounds / 2) bytes = -threads.getCurrentThreadAllocatedBytes();
            for (int j = 0; j < 10; j++) runners.submit(task);
            submitted += 10;
            runners.handOver(System.nanoTime());
            while (count.get() < submitted) Thread.onSpinWait();
        }
        bytes += threads.getCurrentThreadAllocatedBytes();
        System.out.println("bytes per hand-over of 10: " + bytes / (rounds / 2));
        assertThat(bytes / (rounds / 2)).isLessThanOrEqualTo(64);
    }
}

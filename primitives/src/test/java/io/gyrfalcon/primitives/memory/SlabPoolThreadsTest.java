package io.gyrfalcon.primitives.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.primitives.fixtures.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

@Timeout(60)
class SlabPoolThreadsTest {
    private static final int ROUNDS = 60_000;

    @RegisterExtension final LeakCheck leaks = new LeakCheck();

    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    @Test
    void slabsComeBackFromOtherThreadsWhileTheOwnerTakes() throws InterruptedException {
        SlabPool pool = leaks.loopPool();
        BlockingQueue<Slab> handed = new ArrayBlockingQueue<>(64);
        List<Thread> threads = new ArrayList<>();
        AtomicInteger left = new AtomicInteger(ROUNDS);
        for (int i = 0; i < 3; i++) {
            threads.add(
                    start(
                            () -> {
                                while (left.getAndDecrement() > 0) handed.take().release();
                            }));
        }
        for (int i = 0; i < ROUNDS; i++) {
            Slab slab = pool.take(i % 3000);
            slab.segment().set(ValueLayout.JAVA_INT, 0, i);
            assertThat(pool.outstanding()).isPositive();
            handed.put(slab);
        }
        join(threads);
        assertThat(pool.outstanding()).isZero();
        assertThat(leaks.budget().usedBytes()).isLessThan(1 << 20);
    }

    @Test
    void manyThreadsTakeFromASharedPoolWithoutEverSharingASlab() throws InterruptedException {
        SlabPool pool = leaks.sharedPool();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int mark = i;
            threads.add(start(() -> takeAndRelease(pool, mark)));
            threads.add(Thread.ofVirtual().start(guarded(() -> takeAndRelease(pool, mark + 100))));
        }
        while (threads.get(0).isAlive()) {
            pool.trim();
            Thread.sleep(1);
        }
        join(threads);
        assertThat(pool.outstanding()).isZero();
    }

    private static void takeAndRelease(SlabPool pool, int mark) {
        for (int i = 0; i < ROUNDS / 4; i++) {
            Slab one = pool.take(100);
            Slab two = pool.take(100);
            one.segment().set(ValueLayout.JAVA_INT, 0, mark);
            two.segment().set(ValueLayout.JAVA_INT, 0, -mark);
            if (one.segment().get(ValueLayout.JAVA_INT, 0) != mark) throw new AssertionError();
            if (two.segment().get(ValueLayout.JAVA_INT, 0) != -mark) throw new AssertionError();
            one.release();
            two.release();
        }
    }

    @Test
    void ofManyThreadsThatReleaseOneSlabOneSucceeds() throws InterruptedException {
        SlabPool pool = leaks.loopPool();
        for (int round = 0; round < 300; round++) {
            Slab slab = pool.take(1);
            AtomicInteger refused = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                threads.add(
                        start(
                                () -> {
                                    try {
                                        slab.release();
                                    } catch (IllegalStateException e) {
                                        refused.incrementAndGet();
                                    }
                                }));
            }
            join(threads);
            assertThat(refused).hasValue(2);
        }
    }

    @Test
    void slabsReleasedWhileThePoolClosesAreNotLost() throws InterruptedException {
        for (int round = 0; round < 300; round++) {
            SlabPool pool = SlabPool.forLoop(leaks.budget());
            List<Slab> slabs = new ArrayList<>();
            for (int i = 0; i < 20; i++) slabs.add(pool.take(1));
            Thread releasing = start(() -> slabs.forEach(Slab::release));
            pool.close();
            join(List.of(releasing));
            assertThat(leaks.budget().usedBytes()).isZero();
        }
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private Thread start(Work work) {
        Thread thread = new Thread(guarded(work));
        thread.start();
        return thread;
    }

    private Runnable guarded(Work work) {
        return () -> {
            try {
                work.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        };
    }

    private void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) thread.join();
        assertThat(failure.get()).isNull();
    }
}

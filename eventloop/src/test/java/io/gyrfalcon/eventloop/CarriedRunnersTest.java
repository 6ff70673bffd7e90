package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.run.CarriedRunner;
import io.gyrfalcon.eventloop.run.CarriedTask;
import io.gyrfalcon.eventloop.run.Carrier;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;
import io.gyrfalcon.primitives.memory.Slab;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Tasks on runners that a loop carries itself, with real threads. */
class CarriedRunnersTest {
    private static final long MILLIS = 1_000_000;

    /** Where hand-overs are counted: a machine that pauses for 2 ms is not user code that holds. */
    private static final CarrySettings PATIENT =
            CarrySettings.defaults(1).withHoldNanos(50 * MILLIS);

    private static TestGroup start() {
        return start(CarrySettings.defaults(1));
    }

    private static TestGroup start(CarrySettings settings) {
        return new TestGroup(LoopSettings.defaults().withLoops(1).withCarrying(settings));
    }

    /** A task that counts what happened to it. */
    private static final class Job implements CarriedTask {
        final Consumer<CarriedRunner> work;
        final CountDownLatch done = new CountDownLatch(1);
        volatile boolean isTaken;
        volatile int mounts;
        volatile int parks;
        volatile long measuredNanos;

        Job(Runnable work) {
            this(_ -> work.run());
        }

        Job(Consumer<CarriedRunner> work) {
            this.work = work;
        }

        @Override
        public void onMounted(CarriedRunner runner) {
            mounts++;
        }

        @Override
        public void run(CarriedRunner runner) {
            try {
                work.accept(runner);
            } finally {
                done.countDown();
            }
        }

        @Override
        public boolean isMeasured() {
            return true;
        }

        @Override
        public void onMeasured(long nanos) {
            measuredNanos += nanos;
        }

        @Override
        public void onParked(CarriedRunner runner) {
            parks++;
        }

        @Override
        public void onTaken(CarriedRunner runner) {
            isTaken = true;
        }

        void await() throws InterruptedException {
            assertThat(done.await(10, TimeUnit.SECONDS)).as("done within 10 s").isTrue();
        }
    }

    private static Job submit(Loop loop, Job job) {
        assertThat(loop.post(on -> on.carrier().submit(job, null, 0))).isTrue();
        return job;
    }

    private static void burn(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) Thread.onSpinWait();
    }

    /** Computes until something has happened, 30 s at most. */
    private static void burnUntil(BooleanSupplier happened) {
        long end = System.nanoTime() + 30_000 * MILLIS;
        while (!happened.getAsBoolean() && System.nanoTime() - end < 0) Thread.onSpinWait();
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTaskRunsOnAVirtualThreadThatTheLoopCarries() throws InterruptedException {
        try (TestGroup test = start()) {
            Loop loop = test.group.loop(0);
            AtomicReference<Thread> thread = new AtomicReference<>();
            List<Boolean> owned = new ArrayList<>();
            Job job =
                    submit(
                            loop,
                            new Job(
                                    runner -> {
                                        thread.set(Thread.currentThread());
                                        owned.add(loop.inLoop());
                                        owned.add(loop.carrier().current() == runner);
                                        owned.add(loop.enter());
                                        owned.add(loop.inLoop());
                                        owned.add(loop.enter());
                                        Slab slab = loop.slabs().take(10);
                                        slab.release();
                                        loop.leave();
                                        owned.add(loop.inLoop());
                                    }));
            job.await();
            assertThat(thread.get().isVirtual()).isTrue();
            assertThat(owned).containsExactly(false, true, true, true, false, false);
            // The task is over before its runner has come back: a loop that reads letters has it.
            TestGroup.on(loop, _ -> null);
            assertThat(loop.enter()).isFalse();
            assertThat(loop.take()).isFalse();
            assertThat(job.mounts).isEqualTo(1);
        }
    }

    @Test
    void aRunnerWhoseLoopIsTakenIsNeverTakenForAnother() throws InterruptedException {
        try (TestGroup test = start()) {
            Loop loop = test.group.loop(0);
            Carrier carrier = loop.carrier();
            AtomicInteger strays = new AtomicInteger();
            List<Job> jobs = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                Job job =
                        new Job(
                                runner -> {
                                    long end = System.nanoTime() + 4 * MILLIS;
                                    while (System.nanoTime() - end < 0) {
                                        CarriedRunner found = carrier.current();
                                        if (found != null && found != runner) strays.addAndGet(1);
                                    }
                                });
                jobs.add(submit(loop, job));
            }
            for (Job job : jobs) job.await();
            assertThat(carrier.handOvers()).isPositive();
            assertThat(strays).hasValue(0);
        }
    }

    @Test
    void aBatchOfTasksRunsOnOneRunnerInOrder() throws InterruptedException {
        try (TestGroup test = start()) {
            Loop loop = test.group.loop(0);
            List<Integer> order = new ArrayList<>();
            List<Job> jobs = new ArrayList<>();
            AtomicInteger threads = new AtomicInteger();
            AtomicReference<Thread> before = new AtomicReference<>();
            for (int i = 0; i < 200; i++) {
                int number = i;
                jobs.add(
                        new Job(
                                () -> {
                                    order.add(number);
                                    Thread now = Thread.currentThread();
                                    if (before.getAndSet(now) != now) threads.incrementAndGet();
                                }));
            }
            TestGroup.on(
                    loop,
                    on -> {
                        for (Job job : jobs) on.carrier().submit(job, null, 0);
                        return null;
                    });
            for (Job job : jobs) job.await();
            for (int i = 0; i < 200; i++) assertThat(order.get(i)).isEqualTo(i);
            assertThat(threads.get()).isEqualTo(1);
        }
    }

    @Test
    void urgentTasksComeFirstAndFreightIsGivenBack() throws InterruptedException {
        try (TestGroup test = start()) {
            Loop loop = test.group.loop(0);
            List<String> order = new ArrayList<>();
            Job first = new Job(() -> order.add("first"));
            Job second =
                    new Job(
                            runner -> {
                                order.add("second " + runner.label());
                                Slab mine = runner.takeFreight();
                                assertThat(runner.takeFreight()).isNull();
                                mine.release();
                            });
            Job urgent = new Job(() -> order.add("urgent"));
            TestGroup.on(
                    loop,
                    on -> {
                        on.carrier().submit(first, on.slabs().take(1), 1);
                        on.carrier().submit(second, on.slabs().take(1), 2);
                        on.carrier().submitUrgent(urgent, null, 3);
                        return null;
                    });
            second.await();
            assertThat(order).containsExactly("urgent", "first", "second 2");
        }
    }

    @Test
    void aTaskThatParksHoldsNobodyAndComesBackToItsLoop() throws InterruptedException {
        try (TestGroup test = start(PATIENT)) {
            Loop loop = test.group.loop(0);
            CountDownLatch go = new CountDownLatch(1);
            AtomicReference<Boolean> isBack = new AtomicReference<>();
            Job parked =
                    submit(
                            loop,
                            new Job(
                                    () -> {
                                        try {
                                            go.await();
                                        } catch (InterruptedException e) {
                                            throw new AssertionError(e);
                                        }
                                        isBack.set(loop.enter());
                                        loop.leave();
                                    }));
            for (int i = 0; i < 10; i++) submit(loop, new Job(() -> {})).await();
            assertThat(parked.done.getCount()).isEqualTo(1);
            assertThat(parked.parks).isEqualTo(1);
            sleep(2 * PATIENT.holdNanos() / MILLIS);
            go.countDown();
            parked.await();
            assertThat(isBack.get()).isTrue();
            assertThat(loop.carrier().handOvers()).isZero();
        }
    }

    @Test
    void aLockHeldByAParkedTaskDoesNotStopTheLoop() throws InterruptedException {
        try (TestGroup test = start()) {
            Loop loop = test.group.loop(0);
            ReentrantLock lock = new ReentrantLock();
            Object monitor = new Object();
            List<Job> jobs = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                jobs.add(
                        submit(
                                loop,
                                new Job(
                                        () -> {
                                            lock.lock();
                                            try {
                                                sleep(2);
                                            } finally {
                                                lock.unlock();
                                            }
                                            synchronized (monitor) {
                                                sleep(2);
                                            }
                                        })));
            }
            for (int i = 0; i < 20; i++) {
                long before = System.nanoTime();
                TestGroup.on(loop, _ -> null);
                assertThat(System.nanoTime() - before).isLessThan(5_000 * MILLIS);
            }
            for (Job job : jobs) job.await();
        }
    }

    @Test
    void aLoopIsTakenFromATaskThatBurns() throws InterruptedException {
        try (TestGroup test = start(PATIENT)) {
            Loop loop = test.group.loop(0);
            AtomicReference<Boolean> hasEntered = new AtomicReference<>();
            CountDownLatch begun = new CountDownLatch(1);
            AtomicBoolean isSeen = new AtomicBoolean();
            Job burning =
                    submit(
                            loop,
                            new Job(
                                    () -> {
                                        begun.countDown();
                                        burnUntil(isSeen::get);
                                        hasEntered.set(loop.enter());
                                    }));
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            Job other = submit(loop, new Job(() -> {}));
            other.await();
            assertThat(burning.done.getCount()).isEqualTo(1);
            String name = TestGroup.on(loop, _ -> Thread.currentThread().getName());
            assertThat(name).isEqualTo("gyrfalcon-loop-0");
            isSeen.set(true);
            burning.await();
            assertThat(burning.isTaken).isTrue();
            assertThat(burning.measuredNanos).isGreaterThanOrEqualTo(PATIENT.holdNanos() / 2);
            assertThat(hasEntered.get()).isFalse();
            assertThat(loop.carrier().handOvers()).isEqualTo(1);
            submit(loop, new Job(() -> {})).await();
        }
    }

    @Test
    void aTaskThatParksAfterItLostTheLoopComesBackToIt() throws InterruptedException {
        try (TestGroup test = start()) {
            Loop loop = test.group.loop(0);
            AtomicReference<Boolean> isBack = new AtomicReference<>();
            Job job =
                    submit(
                            loop,
                            new Job(
                                    () -> {
                                        burnUntil(() -> loop.carrier().handOvers() > 0);
                                        sleep(20);
                                        isBack.set(loop.enter());
                                        if (isBack.get()) loop.leave();
                                    }));
            job.await();
            assertThat(job.isTaken).isTrue();
            assertThat(isBack.get()).isTrue();
        }
    }

    @Test
    void aLoopWaitsForATaskThatParksInsideTheEngine() throws InterruptedException {
        try (TestGroup test = start(PATIENT)) {
            Loop loop = test.group.loop(0);
            CountDownLatch inside = new CountDownLatch(1);
            AtomicReference<Boolean> isOwner = new AtomicReference<>();
            Job job =
                    submit(
                            loop,
                            new Job(
                                    () -> {
                                        assertThat(loop.enter()).isTrue();
                                        inside.countDown();
                                        sleep(150);
                                        isOwner.set(loop.inLoop());
                                        loop.leave();
                                    }));
            Job woken = submit(loop, new Job(() -> sleep(1)));
            assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
            TestGroup.on(loop, _ -> null);
            assertThat(isOwner.get()).isTrue();
            job.await();
            woken.await();
            assertThat(loop.carrier().handOvers()).isZero();
        }
    }

    @Test
    void withoutASpareThreadTasksWaitAndLettersAreServed() throws InterruptedException {
        try (TestGroup test = start(CarrySettings.defaults(1).withSparesMax(1))) {
            Loop loop = test.group.loop(0);
            AtomicBoolean isSeen = new AtomicBoolean();
            Job burning = submit(loop, new Job(() -> burnUntil(isSeen::get)));
            TestGroup.await(() -> burning.isTaken);
            Job waiting = submit(loop, new Job(() -> {}));
            for (int i = 0; i < 10; i++) TestGroup.on(loop, _ -> null);
            assertThat(waiting.done.getCount()).isEqualTo(1);
            assertThat(burning.done.getCount()).isEqualTo(1);
            isSeen.set(true);
            waiting.await();
            assertThat(burning.done.getCount()).isZero();
        }
    }

    @Test
    void withoutHandOverALoopWaits() throws InterruptedException {
        try (FlagOverride _ = Flags.override(LoopFlags.HAND_OVER, false);
                TestGroup test = start()) {
            Loop loop = test.group.loop(0);
            Job burning = submit(loop, new Job(() -> burn(100 * MILLIS)));
            submit(loop, new Job(() -> {})).await();
            assertThat(burning.done.getCount()).isZero();
            assertThat(burning.isTaken).isFalse();
        }
    }

    @Test
    void withTheFlagOffNothingIsCarried() {
        try (FlagOverride _ = Flags.override(LoopFlags.CARRIED_RUNNERS, false);
                TestGroup test = start()) {
            Loop loop = test.group.loop(0);
            assertThat(loop.carrier()).isNull();
            assertThat(loop.enter()).isFalse();
            assertThat(loop.take()).isFalse();
        }
    }

    @Test
    void threadsThatATaskStartsAreTheJdks() throws Exception {
        try (TestGroup test = start(PATIENT)) {
            Loop loop = test.group.loop(0);
            CountDownLatch go = new CountDownLatch(1);
            AtomicReference<Thread> child = new AtomicReference<>();
            AtomicInteger ran = new AtomicInteger();
            Job job =
                    submit(
                            loop,
                            new Job(
                                    () ->
                                            child.set(
                                                    Thread.startVirtualThread(
                                                            () -> {
                                                                burn(2 * PATIENT.holdNanos());
                                                                sleep(1);
                                                                Thread.yield();
                                                                ran.incrementAndGet();
                                                                try {
                                                                    go.await();
                                                                } catch (InterruptedException e) {
                                                                    return;
                                                                }
                                                                ran.incrementAndGet();
                                                            }))));
            job.await();
            TestGroup.await(() -> ran.get() == 1);
            assertThat(loop.carrier().handOvers()).isZero();
            test.group.close();
            go.countDown();
            child.get().join();
            assertThat(ran.get()).isEqualTo(2);
        }
    }

    @Test
    void socketsOfVirtualThreadsWorkOnAndBesideALoop() throws Exception {
        try (TestGroup test = start();
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Loop loop = test.group.loop(0);
            AtomicInteger read = new AtomicInteger();
            Job job =
                    submit(
                            loop,
                            new Job(
                                    () -> {
                                        try (Socket in =
                                                new Socket(
                                                        server.getInetAddress(),
                                                        server.getLocalPort())) {
                                            read.set(in.getInputStream().read());
                                        } catch (IOException e) {
                                            throw new AssertionError(e);
                                        }
                                    }));
            try (Socket out = server.accept()) {
                submit(loop, new Job(() -> {})).await();
                out.getOutputStream().write(42);
                job.await();
            }
            assertThat(read.get()).isEqualTo(42);
        }
    }

    @Test
    void aTaskThatThrowsOrInterruptsItselfHarmsNobody() throws InterruptedException {
        try (TestGroup test = start()) {
            Loop loop = test.group.loop(0);
            submit(
                            loop,
                            new Job(
                                    () -> {
                                        throw new StackOverflowError("on purpose");
                                    }))
                    .await();
            submit(loop, new Job(() -> Thread.currentThread().interrupt())).await();
            AtomicReference<Boolean> isInterrupted = new AtomicReference<>();
            submit(loop, new Job(() -> isInterrupted.set(Thread.interrupted()))).await();
            assertThat(isInterrupted.get()).isFalse();
        }
    }

    @Test
    void aLoopThatEndsLeavesNoTaskBehind() throws InterruptedException {
        List<Job> jobs = new ArrayList<>();
        CountDownLatch go = new CountDownLatch(1);
        try (TestGroup test = start()) {
            Loop loop = test.group.loop(0);
            for (int i = 0; i < 10; i++) {
                jobs.add(
                        submit(
                                loop,
                                new Job(
                                        () -> {
                                            try {
                                                go.await();
                                            } catch (InterruptedException e) {
                                                throw new AssertionError(e);
                                            }
                                        })));
            }
            jobs.add(submit(loop, new Job(() -> burn(30 * MILLIS))));
            CountDownLatch ending = new CountDownLatch(1);
            loop.post(
                    on -> {
                        ending.countDown();
                        for (int i = 0; i < 10; i++) {
                            Job last = new Job(() -> burn(5 * MILLIS));
                            jobs.add(last);
                            on.carrier().submit(last, null, 0);
                        }
                    });
            assertThat(ending.await(10, TimeUnit.SECONDS)).isTrue();
        }
        go.countDown();
        for (Job job : jobs) job.await();
    }

    @Test
    void manyTurnsOfUserCodeLoseNothingOfTheLoopsState() throws InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (TestGroup test = start(new CarrySettings(300_000, 8))) {
            Loop loop = test.group.loop(0);
            int[] plain = new int[1];
            AtomicInteger entered = new AtomicInteger();
            List<Job> jobs = new ArrayList<>();
            long end = System.nanoTime() + 2_000 * MILLIS;
            while (System.nanoTime() < end) {
                int kind = random.nextInt(40);
                Job job =
                        new Job(
                                () -> {
                                    count(loop, plain, entered);
                                    if (kind == 1 || kind == 3) burn(2 * MILLIS);
                                    if (kind == 2 || kind == 3) LockSupport.parkNanos(100_000);
                                    if (kind == 3) burn(2 * MILLIS);
                                    if (kind == 4) Thread.yield();
                                    count(loop, plain, entered);
                                });
                jobs.add(submit(loop, job));
                if (jobs.size() % 64 == 0) job.await();
            }
            for (Job job : jobs) job.await();
            int sum = TestGroup.on(loop, _ -> plain[0]);
            assertThat(sum).as("seed " + seed).isEqualTo(entered.get());
            assertThat(loop.carrier().handOvers()).isPositive();
            System.out.println(
                    jobs.size() + " tasks, " + loop.carrier().handOvers() + " hand-overs");
        }
    }

    private static void count(Loop loop, int[] plain, AtomicInteger entered) {
        Carrier carrier = loop.carrier();
        if (!loop.enter()) return;
        assertThat(carrier.current()).isNotNull();
        plain[0]++;
        loop.leave();
        entered.incrementAndGet();
    }
}

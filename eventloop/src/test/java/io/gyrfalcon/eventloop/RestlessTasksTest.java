package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.gyrfalcon.eventloop.run.CarriedRunner;
import io.gyrfalcon.eventloop.run.CarriedTask;
import io.gyrfalcon.eventloop.run.CarriedThreads;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tasks that have more to do when they have come back to their loop. */
final class RestlessTasksTest {

    @BeforeEach
    void loopsCarry() {
        assumeThat(CarriedThreads.orNull()).isNotNull();
    }

    private static TestGroup start() {
        return new TestGroup(LoopSettings.defaults().withLoops(1));
    }

    /** Notes its runs, and rests after so many. */
    private static final class Restless implements CarriedTask {
        final List<String> runs = new CopyOnWriteArrayList<>();
        private final int runsWanted;
        private final Runnable beforeRun;
        private final CountDownLatch atRest = new CountDownLatch(1);
        private volatile int mounts;

        Restless(int runsWanted, Runnable beforeRun) {
            this.runsWanted = runsWanted;
            this.beforeRun = beforeRun;
        }

        Restless(int runsWanted) {
            this(runsWanted, () -> {});
        }

        @Override
        public void onMounted(CarriedRunner runner) {
            mounts++;
        }

        @Override
        public void run(CarriedRunner runner) {
            beforeRun.run();
            runs.add(runner.label() + (runner.freight() == null ? "" : " laden"));
        }

        @Override
        public boolean isAtRest(CarriedRunner runner) {
            if (runs.size() == runsWanted) atRest.countDown();
            if (runs.size() > runsWanted) throw new IllegalStateException("cannot say");
            runner.emptied(-runs.size());
            return runs.size() == runsWanted;
        }

        void submitTo(TestGroup test, boolean isLaden) {
            TestGroup.on(
                    test.group.loop(0),
                    on -> {
                        on.carrier().submit(this, isLaden ? on.slabs().take(1) : null, 7);
                        return null;
                    });
        }

        void awaitRest() throws InterruptedException {
            assertThat(atRest.await(10, TimeUnit.SECONDS)).as("at rest within 10 s").isTrue();
        }
    }

    @Test
    void aTaskThatIsNotAtRestRunsAgainWithoutWhatCameAlong() throws InterruptedException {
        try (TestGroup test = start()) {
            Restless task = new Restless(3);
            task.submitTo(test, true);
            task.awaitRest();
            assertThat(task.runs).containsExactly("7 laden", "-1", "-2");
            assertThat(task.mounts).isEqualTo(1);
        }
    }

    @Test
    void aTaskThatCannotSayWhetherItRestsIsOver() throws InterruptedException {
        try (TestGroup test = start()) {
            Restless broken = new Restless(0);
            broken.submitTo(test, true);
            Restless next = new Restless(1);
            next.submitTo(test, true);
            next.awaitRest();
            assertThat(broken.runs).containsExactly("7 laden");
        }
    }

    @Test
    void aTaskWhoseLoopHasEndedMeanwhileRunsUntilItRests() throws InterruptedException {
        CountDownLatch isParked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Restless task =
                new Restless(
                        3,
                        () -> {
                            isParked.countDown();
                            await(go);
                        });
        try (TestGroup test = start()) {
            task.submitTo(test, false);
            assertThat(isParked.await(10, TimeUnit.SECONDS)).isTrue();
        }
        go.countDown();
        task.awaitRest();
        assertThat(task.runs).containsExactly("7", "-1", "-2");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

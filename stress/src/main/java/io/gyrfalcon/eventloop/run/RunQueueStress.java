package io.gyrfalcon.eventloop.run;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Runners that are woken by other threads while the loop polls, and while it ends. */
public final class RunQueueStress {
    private RunQueueStress() {}

    private static CarriedRunner runner() {
        return new CarriedRunner(null, null);
    }

    /** What the loop has polled. */
    private abstract static class Polled {
        final RunQueue queue = new RunQueue();
        final CarriedRunner first = runner();
        final CarriedRunner second = runner();
        private int firsts;
        private int seconds;

        final void poll(int times) {
            for (int i = 0; i < times; i++) {
                CarriedRunner polled = queue.poll();
                if (polled == first) firsts++;
                if (polled == second) seconds++;
            }
        }

        final void tell(II_Result r) {
            poll(3);
            r.r1 = firsts;
            r.r2 = seconds;
        }
    }

    /** One that wakes two, while the loop polls. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "each once")
    @Outcome(expect = FORBIDDEN, desc = "lost, or there twice")
    @State
    public static class EachOnce extends Polled {
        /** Wakes both. */
        @Actor
        public void wake() {
            queue.offer(first);
            queue.offer(second);
        }

        /** The loop. */
        @Actor
        public void loop() {
            poll(2);
        }

        /** The loop's next turn. */
        @Arbiter
        public void nextTurn(II_Result r) {
            tell(r);
        }
    }

    /** Two that wake at once. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "each once")
    @Outcome(expect = FORBIDDEN, desc = "lost, or there twice")
    @State
    public static class TwoWake extends Polled {
        /** Wakes one. */
        @Actor
        public void wakeFirst() {
            queue.offer(first);
        }

        /** Wakes the other. */
        @Actor
        public void wakeSecond() {
            queue.offer(second);
        }

        /** The loop. */
        @Arbiter
        public void turn(II_Result r) {
            tell(r);
        }
    }

    /** One that wakes while the loop ends: taken and still found, or refused. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "taken before the end, and found")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "refused: the JDK goes on with it")
    @Outcome(expect = FORBIDDEN, desc = "lost, or on two carriers")
    @State
    public static class NothingIsLostAtTheEnd {
        private final RunQueue queue = new RunQueue();
        private final CarriedRunner runner = runner();

        /** Wakes it. */
        @Actor
        public void wake(II_Result r) {
            r.r1 = queue.offer(runner) ? 1 : 0;
        }

        /** The loop. */
        @Actor
        public void end() {
            queue.end();
        }

        /** What the loop hands on. */
        @Arbiter
        public void rest(II_Result r) {
            r.r2 = queue.poll() == runner ? 1 : 0;
        }
    }
}

package io.gyrfalcon.eventloop.run;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** User code that enters its loop against a spare thread that takes it. */
public final class GateStress {
    /** What {@link Gate#word} says during the first mount. */
    private static final long FIRST_MOUNT = (1 << 2) + 1;

    private GateStress() {}

    /**
     * Entered, closed by the driver, taken, and what the spare thread then sees of what was done
     * inside.
     */
    @JCStressTest
    @Outcome(id = "1, 1, 0, -1", expect = ACCEPTABLE, desc = "nobody came")
    @Outcome(id = "1, 0, 1, 1", expect = ACCEPTABLE, desc = "taken after the visit, which is seen")
    @Outcome(id = "0, 0, 1, 0", expect = ACCEPTABLE, desc = "taken before the visit")
    @Outcome(expect = FORBIDDEN, desc = "two owners, none, or a visit unseen")
    @State
    public static class EnterOrTake {
        private final Gate gate = new Gate();
        private int plain;

        /** The thread of the loop: as driver and as runner. */
        @Actor
        public void loop(IIII_Result r) {
            gate.open(Thread.currentThread(), null);
            if (gate.enter()) {
                plain = 1;
                gate.leave();
                r.r1 = 1;
            }
            r.r2 = gate.close() ? 1 : 0;
        }

        /** The spare thread. */
        @Actor
        public void spare(IIII_Result r) {
            boolean taken = gate.take(FIRST_MOUNT);
            r.r3 = taken ? 1 : 0;
            r.r4 = taken ? plain : -1;
        }
    }

    /** The loop's plain state, changed by whoever owns it. */
    @JCStressTest
    @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "not taken")
    @Outcome(
            id = {"10, 0", "11, 1", "12, 2"},
            expect = ACCEPTABLE,
            desc = "taken after so many visits")
    @Outcome(expect = FORBIDDEN, desc = "a change was lost")
    @State
    public static class NoChangeIsLost {
        private final Gate gate = new Gate();
        private int plain;
        private int visits;
        private boolean isTaken;

        /** Two visits. */
        @Actor
        public void loop() {
            gate.open(Thread.currentThread(), null);
            for (int i = 0; i < 2; i++) {
                if (!gate.enter()) return;
                plain++;
                visits++;
                gate.leave();
            }
            gate.close();
        }

        /** The spare thread. */
        @Actor
        public void spare() {
            if (!gate.take(FIRST_MOUNT)) return;
            isTaken = true;
            plain += 10;
        }

        /** Afterwards. */
        @Arbiter
        public void after(II_Result r) {
            r.r1 = plain;
            r.r2 = isTaken ? visits : 0;
        }
    }

    /** What a monitor saw of one mount never takes the next one. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "too late, or too early")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "in the first mount")
    @Outcome(expect = FORBIDDEN, desc = "the second mount was taken by what was seen of the first")
    @State
    public static class StaleWord {
        private final Gate gate = new Gate();

        /** Two mounts. */
        @Actor
        public void loop(II_Result r) {
            gate.open(Thread.currentThread(), null);
            if (!gate.close()) return;
            gate.open(Thread.currentThread(), null);
            r.r2 = gate.close() ? 1 : 0;
        }

        /** The spare thread. */
        @Actor
        public void spare(II_Result r) {
            r.r1 = gate.take(FIRST_MOUNT) ? 1 : 0;
        }
    }
}

package io.gyrfalcon.grpc.server;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.gyrfalcon.eventloop.run.Gate;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A call whose loop is taken while its callbacks run: plain signals become shared ones. */
public final class TakenSignalsStress {
    private static final long FIRST_MOUNT = (1 << 2) + 1;

    private TakenSignalsStress() {}

    /**
     * The lane comes to rest, as {@link CarriedCall} does, while the loop's new owner tells it of a
     * cancellation. First: whether the lane has seen it. Second: whether the new owner has to
     * submit the call again; -1 where it did not get the loop.
     */
    @JCStressTest
    @Outcome(id = "0, -1", expect = ACCEPTABLE, desc = "the loop was not taken")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the lane has seen it")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the call is submitted again")
    @Outcome(expect = FORBIDDEN, desc = "nobody tells the call, or two do")
    @State
    public static class RestOrCancel extends Signals {
        private final Gate gate = new Gate();

        /** As if a call were submitted, which a test's state cannot do without its loop. */
        public RestOrCancel() {
            carry();
            raise(BEGIN);
        }

        /** The runner. */
        @Actor
        public void lane(II_Result r) {
            gate.open(Thread.currentThread(), null);
            if (gate.enter()) {
                take();
                gate.leave();
            } else {
                share();
                take();
            }
            boolean hasSeen = knows(CANCELLED);
            while (!isAtRest()) hasSeen |= knows(CANCELLED);
            r.r1 = hasSeen ? 1 : 0;
            gate.close();
        }

        private boolean isAtRest() {
            boolean isInside = !isShared() && gate.enter();
            if (!isInside) share();
            boolean isResting = rest();
            if (!isResting) take();
            if (isInside) gate.leave();
            return isResting;
        }

        /** The loop's new owner. */
        @Actor
        public void loop(II_Result r) {
            if (!gate.take(FIRST_MOUNT)) {
                r.r2 = -1;
                return;
            }
            share();
            r.r2 = raise(CANCELLED) ? 1 : 0;
        }
    }
}

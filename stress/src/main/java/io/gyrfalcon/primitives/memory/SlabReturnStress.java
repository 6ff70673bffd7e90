package io.gyrfalcon.primitives.memory;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Slabs that come back from other threads while their owner takes. */
public final class SlabReturnStress {
    private SlabReturnStress() {}

    /** Three slabs, taken; afterwards all are back, and none is given twice. */
    private abstract static class Taken {
        // So small that slabs are made one by one: thousands of these states live at once.
        final Shelf shelf = new Shelf(new Budget(4 << 10), Thread.currentThread());
        final Slab first = shelf.take(1);
        final Slab second = shelf.take(1);
        final Slab third = shelf.take(1);

        /** Whoever made them, an actor perhaps, does not own them any more. */
        Taken() {
            shelf.ownedBy(null);
        }

        final void tell(II_Result r) {
            shelf.ownedBy(Thread.currentThread());
            shelf.trim();
            r.r1 = (int) shelf.outstanding();
            Slab a = shelf.take(1);
            Slab b = shelf.take(1);
            Slab c = shelf.take(1);
            r.r2 = a == b || b == c || a == c ? 0 : 1;
            a.release();
            b.release();
            c.release();
            shelf.close();
        }
    }

    /** Two threads that are not the owner return at once. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "every slab is back once")
    @Outcome(expect = FORBIDDEN, desc = "a slab is lost, or was given twice")
    @State
    public static class TwoReturn extends Taken {
        /** A foreign thread. */
        @Actor
        public void returnsOne() {
            first.release();
        }

        /** Another one. */
        @Actor
        public void returnsTwo() {
            second.release();
            third.release();
        }

        /** Afterwards. */
        @Arbiter
        public void after(II_Result r) {
            tell(r);
        }
    }

    /** One that returns while the owner collects what has come back, takes and returns. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "every slab is back once")
    @Outcome(expect = FORBIDDEN, desc = "a slab is lost, or was given twice")
    @State
    public static class ReturnWhileTaken extends Taken {
        /** A foreign thread. */
        @Actor
        public void returns() {
            first.release();
            second.release();
        }

        /** The owner: a loop that has changed threads. */
        @Actor
        public void owner() {
            shelf.ownedBy(Thread.currentThread());
            third.release();
            shelf.trim();
            Slab again = shelf.take(1);
            again.release();
            shelf.ownedBy(null);
        }

        /** Afterwards. */
        @Arbiter
        public void after(II_Result r) {
            tell(r);
        }
    }
}

package io.gyrfalcon.grpc.server;

import io.grpc.Deadline;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.primitives.time.Clock;
import io.gyrfalcon.transport.server.ServerCall;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;

/** Deadlines of instants, without a look at the clock for each. Stateless; any thread. */
final class Deadlines {
    /*
     * A Deadline can be made from now, or from another one. The one that all are made from is of
     * the moment at which this class was loaded, later than its nanos by the time between two looks
     * at the clock; the shortest of some.
     */
    private static final int LOOKS = 16;
    private static final Origin ORIGIN = origin();

    private record Origin(Deadline deadline, long nanos, long laterNanos) {
        static Origin look() {
            long nanos = Clock.system().nanoTime();
            Deadline now = Deadline.after(0, TimeUnit.NANOSECONDS);
            return new Origin(now, nanos, Clock.system().nanoTime() - nanos);
        }
    }

    private Deadlines() {}

    private static Origin origin() {
        Origin best = Origin.look();
        for (int i = 1; i < LOOKS; i++) {
            Origin next = Origin.look();
            if (next.laterNanos < best.laterNanos) best = next;
        }
        return best;
    }

    /** That of a call, null: none. On the loop. */
    static @Nullable Deadline of(ServerCall call, Loop loop) {
        if (call.timeoutNanos() < 0) return null;
        return at(loop.clock(), Clock.deadline(call.arrivedNanos(), call.timeoutNanos()));
    }

    /**
     * The deadline of an instant, late by less than a microsecond.
     *
     * @param clock whose instant it is, and whose time the deadline follows
     */
    static Deadline at(Clock clock, long dueNanos) {
        if (!clock.equals(Clock.system())) {
            return Deadline.after(
                    dueNanos - clock.nanoTime(), TimeUnit.NANOSECONDS, new ClockTicker(clock));
        }
        if (!GrpcFlags.LEAN_DEADLINES.isOn()) {
            return Deadline.after(dueNanos - clock.nanoTime(), TimeUnit.NANOSECONDS);
        }
        return ORIGIN.deadline.offset(dueNanos - ORIGIN.nanos, TimeUnit.NANOSECONDS);
    }

    /** The time of a clock that is not the machine's. Immutable. */
    private static final class ClockTicker extends Deadline.Ticker {
        private final Clock clock;

        ClockTicker(Clock clock) {
            this.clock = clock;
        }

        @Override
        public long nanoTime() {
            return clock.nanoTime();
        }
    }
}

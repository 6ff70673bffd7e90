package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.run.CarriedRunner;
import io.gyrfalcon.eventloop.run.CarriedTask;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.transport.server.ServerCall;

import java.lang.foreign.MemorySegment;

/*
 * On a runner that the loop carries, callbacks run while the loop waits for them: the signals need
 * no more than plain reads and writes, made inside the engine. A message that arrives before the
 * call runs travels along with it. Where the loop is taken meanwhile, the call becomes a shared
 * one, like those of the JDK's runners and of the user's executors.
 *
 * The runner enters the loop for its next task anyway. What a call has to say to its loop at the
 * end, that it rests or has made its last callback, waits for that.
 */
/** A call that a runner of its loop may run. The lane's, what is not says so. */
@HotPath
abstract class CarriedCall extends Callbacks implements CarriedTask {
    /** The label of a call to which no message came along. */
    static final int NO_MESSAGE = -1;

    /** The label of a call that goes on to an executor of the user's, whose code that is, too. */
    static final int TO_EXECUTOR = -2;

    /** Messages up to this size lie in the loop's smallest slabs while their calls run. */
    private static final int LENT_BYTES_MAX = 1024;

    /** The loop's: whether its lane is a runner that shares the loop's state, now. */
    private boolean isOnRunner;

    CarriedCall(Peer.Facts facts, MethodRoute route, ServerCall call) {
        super(facts, route, call);
    }

    @Override
    public void onMounted(CarriedRunner runner) {
        Scratch scratch = Scratch.of(runner, peer().loop());
        // Also where it has become a shared call: what travels along is for this run.
        scratch.isMounted = isCarried() && runner.label() != TO_EXECUTOR;
        if (!scratch.isMounted) return;
        take();
        ServerCall on = call();
        if (on == null || contextAcquire() != null) return;
        scratch.learn(on);
    }

    @Override
    public void run(CarriedRunner runner) {
        Scratch scratch = Scratch.of(runner, peer().loop());
        int label = runner.label();
        if (label == TO_EXECUTOR) {
            peer().hand(lane(), this);
            return;
        }
        if (!scratch.isMounted) {
            run();
            return;
        }
        if (label == NO_MESSAGE) {
            drain(null, 0, 0, false, null, scratch);
            return;
        }
        Slab home = runner.freight();
        MemorySegment bytes = home == null ? MemorySegment.NULL : home.segment();
        // A small one stays the runner's, which gives it back as the loop's owner: that is cheaper.
        boolean isLent = adapter.reusesStream() && label >> 1 <= LENT_BYTES_MAX;
        if (!isLent) runner.takeFreight();
        drain(bytes, 0, label >> 1, (label & 1) != 0, isLent ? null : home, scratch);
    }

    @Override
    public void onParked(CarriedRunner runner) {
        Scratch.of(runner, peer().loop()).timers().begin();
    }

    @Override
    public void onTaken(CarriedRunner runner) {
        fromRunner();
        share();
        Scratch.of(runner, peer().loop()).timers().begin();
    }

    /** The loop's owner: it goes to a runner that shares the loop's state. */
    final void toRunner() {
        isOnRunner = true;
        peer().toRunner();
    }

    /** The loop's owner: it has come to rest, or goes on without the loop's state. */
    private void fromRunner() {
        if (!isOnRunner) return;
        isOnRunner = false;
        peer().fromRunner();
    }

    /** The loop's owner, or whoever runs the call where the loop has ended. */
    @Override
    public boolean isAtRest(CarriedRunner runner) {
        Scratch scratch = Scratch.of(runner, peer().loop());
        if (!scratch.isMounted) return true;
        boolean isInside = peer().inLoop();
        if (!isInside) share();
        scratch.timers().begin();
        if (knows(FINISHED)) {
            finished(isInside);
            clear(RUNNING);
        } else if (!isAtRest()) {
            runner.emptied(NO_MESSAGE);
            return false;
        }
        if (isInside) fromRunner();
        return true;
    }
}

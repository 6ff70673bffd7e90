package io.gyrfalcon.eventloop.run;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.count.Counter;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.time.Clock;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;

/**
 * Carries runners on a loop: what waits for them, which are mounted when, and who holds the loop
 * meanwhile. Loop-owned, but for {@link #enter}, {@link #mayEnter}, {@link #current}, {@link
 * #isEnded} and what the monitor and spare threads call.
 */
@HotPath
@LoopOwned
public final class Carrier {
    /*
     * A turn of the loop mounts, in this order: urgent tasks (health checks), runners that can go
     * on after they parked, new tasks. One runner drains the tasks, as long as they do not park; it
     * gives way to runners that were woken meanwhile, and to the loop when the monitor says that
     * this mount has been long.
     *
     * The loop lost
     *
     * User code that holds the loop beyond the limit loses it: a spare thread changes the gate to
     * TAKEN, makes a new one, and drives the loop from its next turn on. The old thread finds out
     * when its runner comes back, and leaves without touching anything of the loop's. A runner
     * whose loop was taken finds out when it cannot enter; it yields, and is mounted by the new
     * owner as one that can go on.
     */
    private static final int RESUMED_IN_A_ROW = 256;
    private static final int ROUNDS_PER_TURN = 64;
    private static final long INSIDE_NANOS = 20_000;

    /** What a carrier knows of its loop. */
    public interface Host {
        /**
         * The loop's state belongs to this thread now; {@code null}: to user code, so to nobody.
         */
        void owned(@Nullable Thread owner);

        /** Ends the loop's sleep. Any thread. */
        void wakeUp();

        /** Drives the loop on the calling thread, which has taken it, until that is over. */
        void drive();
    }

    private final Host host;
    private final Clock clock;
    private final @Nullable CarriedThreads threads;
    private final @Nullable Spares spares;
    private final long holdNanos;
    private final RunQueue resumed = new RunQueue();
    private final ReadyTasks urgent = new ReadyTasks();
    private final ReadyTasks ready = new ReadyTasks();
    private final ArrayDeque<CarriedRunner> aside = new ArrayDeque<>();
    private final Runnable wakeUp;

    // written by the loop
    private volatile Gate gate = new Gate();
    private @Nullable CarriedRunner bench;
    private boolean isReserved;
    private boolean isWatched;
    private volatile boolean isEnded;
    private final Counter handOvers = new Counter();

    // written by the monitor
    private long mountSeen;
    private long seenNanos;
    private volatile long mountTaken;

    /** The mount that has been long, for its runner to see. */
    private volatile long mountHurried;

    /**
     * Of one loop.
     *
     * @param threads {@code null}: tasks run on the driver's own stack, for simulators
     * @param spares {@code null}: nobody takes the loop, however long it is held
     * @param holdNanos how long user code may hold the loop
     */
    public Carrier(
            Host host,
            Clock clock,
            @Nullable CarriedThreads threads,
            @Nullable Spares spares,
            long holdNanos) {
        this.host = host;
        this.clock = clock;
        this.threads = threads;
        this.spares = spares;
        this.holdNanos = holdNanos;
        this.wakeUp = host::wakeUp;
    }

    // By the loop.

    /**
     * Queues a task; it is mounted at the end of the turn.
     *
     * @param freight what the task gets along; the task's from now on
     */
    public void submit(CarriedTask task, @Nullable Slab freight, int label) {
        ready.add(task, freight, label);
    }

    /** As {@link #submit}, before all others. */
    public void submitUrgent(CarriedTask task, @Nullable Slab freight, int label) {
        urgent.add(task, freight, label);
    }

    /** Whether something could be mounted now. */
    public boolean isReady() {
        return hasWork() && (isReserved || spares == null || reserve());
    }

    private boolean hasWork() {
        return !urgent.isEmpty() || !ready.isEmpty() || !resumed.isEmpty() || !aside.isEmpty();
    }

    private boolean reserve() {
        Spares from = spares;
        if (from != null && !isReserved) isReserved = from.reserve(wakeUp);
        return isReserved;
    }

    /**
     * Mounts what can be mounted.
     *
     * @return false when the loop was taken: the caller may not touch it any more
     */
    public boolean run() {
        for (int round = 0; round < ROUNDS_PER_TURN; round++) {
            if (!isReady()) return true;
            if (!urgent.isEmpty() && !mount(runner())) return false;
            for (int i = 0; i < RESUMED_IN_A_ROW; i++) {
                CarriedRunner next = nextResumed();
                if (next == null) break;
                if (!mount(next)) return false;
            }
            if (!ready.isEmpty() && !mount(runner())) return false;
            if (isHurried()) return true;
        }
        return true;
    }

    private @Nullable CarriedRunner nextResumed() {
        CarriedRunner next = aside.poll();
        return next != null ? next : resumed.poll();
    }

    /** One that rests, or a new one. */
    private CarriedRunner runner() {
        CarriedRunner rested = rested();
        if (rested != null) return rested;
        CarriedRunner made = new CarriedRunner(this, threads);
        made.prepare();
        return made;
    }

    private @Nullable CarriedRunner rested() {
        while (true) {
            CarriedRunner top = bench;
            if (top == null) return null;
            bench = top.below;
            top.below = null;
            top.isBenched = false;
            if (top.isResting && !top.isDone) return top;
        }
    }

    /** False when the loop was taken. */
    private boolean mount(CarriedRunner runner) {
        final Gate mine = gate;
        boolean isRested = runner.isResting;
        runner.isResting = false;
        runner.isTimed = false;
        time(runner, runner.task);
        if (isRested) {
            host.owned(runner.thread());
            mine.openInside(runner.thread(), runner);
        } else {
            host.owned(null);
            runner.unqueued();
            mine.open(runner.thread(), runner);
        }
        if (isWatched) HoldMonitor.PROCESS.onMounted();
        resume(runner);
        while (mine.isInside()) {
            if (runner.isResting || runner.isDone) {
                mine.closeInside();
                onBack(runner);
                return true;
            }
            awaitInside(runner);
        }
        if (!mine.close()) {
            onLost();
            return false;
        }
        onBack(runner);
        return true;
    }

    private void resume(CarriedRunner runner) {
        try {
            runner.resume();
        } catch (Throwable failure) {
            Runner.log(failure);
        }
    }

    /** The runner has parked inside the engine: nothing else may run until it goes on. */
    private void awaitInside(CarriedRunner runner) {
        while (true) {
            CarriedRunner next = resumed.poll();
            if (next == runner) break;
            if (next != null) {
                aside.add(next);
            } else {
                LockSupport.parkNanos(this, INSIDE_NANOS);
            }
        }
        runner.unqueued();
        resume(runner);
    }

    /** The loop is the driver's again. */
    private void onBack(CarriedRunner runner) {
        host.owned(Thread.currentThread());
        if (runner.isDone) return;
        if (runner.isResting) {
            if (runner.isBenched) return;
            runner.isBenched = true;
            runner.below = bench;
            bench = runner;
            return;
        }
        CarriedTask parked = runner.task;
        if (parked == null) return;
        parked.onParked(runner);
        if (runner.isTimed) parked.onMeasured(clock.nanoTime() - runner.sinceNanos);
    }

    /** From now on a task is at hand; one look at the clock ends a task and begins the next. */
    private void time(CarriedRunner runner, @Nullable CarriedTask task) {
        boolean wasTimed = runner.isTimed;
        runner.isTimed = task != null && task.isMeasured();
        if (runner.isTimed && !wasTimed) runner.sinceNanos = clock.nanoTime();
    }

    /** This thread has lost the loop, and is a spare one from now on. */
    private void onLost() {
        Spares to = spares;
        if (to != null) to.release();
    }

    /** Ends what rests, and gives everything that waits to {@code rest}. */
    public void end(Runners rest) {
        HoldMonitor.PROCESS.forget(this);
        isEnded = true;
        resumed.end();
        CarriedRunner leftover = new CarriedRunner(this, null);
        while (urgent.moveTo(leftover) || ready.moveTo(leftover)) submitTo(rest, leftover);
        for (CarriedRunner next = nextResumed(); next != null; next = nextResumed()) {
            next.unqueued();
            next.resumeElsewhere();
        }
        for (CarriedRunner top = rested(); top != null; top = rested()) top.endResting();
        if (isReserved && spares != null) spares.release();
        isReserved = false;
    }

    private void submitTo(Runners rest, CarriedRunner leftover) {
        CarriedTask task = leftover.task;
        if (task == null) return;
        CarriedRunner hands = new CarriedRunner(this, null);
        hands.task = task;
        hands.freight = leftover.takeFreight();
        hands.label = leftover.label;
        task.onMounted(hands);
        task.onTaken(hands);
        rest.submitAlone(
                () -> {
                    task.run(hands);
                    hands.runOut();
                });
    }

    // By runners.

    /** The runner that calls; {@code null} where that is none of the loop's, or it was taken. */
    public @Nullable CarriedRunner current() {
        // The loop may be taken at any moment, and the next gate is another runner's.
        Gate one = gate;
        return one.isMounted() ? one.runner() : null;
    }

    /**
     * Whether the calling thread is a runner that could {@link #enter} now. Volatile: whoever takes
     * the loop after this sees what the runner has written before it.
     */
    public boolean mayEnter() {
        return gate.mayEnter();
    }

    /** A runner takes the loop's state, until {@link #leave}; false where it may not. */
    public boolean enter() {
        if (!gate.enter()) return false;
        host.owned(Thread.currentThread());
        return true;
    }

    /** Gives the loop's state back. After {@link #enter}. */
    public void leave() {
        host.owned(null);
        gate.leave();
    }

    /** Whether the loop has ended. */
    boolean isEnded() {
        return isEnded;
    }

    /** In the engine: gives a runner its next task, or once more its last; false: it may rest. */
    boolean next(CarriedRunner runner) {
        CarriedTask done = runner.task;
        if (done != null) {
            if (!runner.isAtRest()) return true;
            finish(runner, done);
        }
        if (!urgent.moveTo(runner)) {
            if (!resumed.isEmpty() || isHurried() || !ready.moveTo(runner)) return false;
        }
        CarriedTask next = runner.task;
        assert next != null;
        time(runner, next);
        next.onMounted(runner);
        return true;
    }

    private void finish(CarriedRunner runner, CarriedTask done) {
        runner.task = null;
        if (runner.isTimed) {
            long now = clock.nanoTime();
            done.onMeasured(now - runner.sinceNanos);
            runner.sinceNanos = now;
        }
        runner.dropFreight();
    }

    private boolean isHurried() {
        return mountHurried == Gate.mountOf(gate.word());
    }

    // By any thread.

    /** A runner can go on; false when the loop has ended. */
    boolean resumed(CarriedRunner runner) {
        if (!resumed.offer(runner)) return false;
        host.wakeUp();
        return true;
    }

    // By the monitor and spare threads.

    /** Begins to be watched, if anybody could take the loop. */
    public void begin() {
        if (spares == null || isWatched) return;
        isWatched = true;
        HoldMonitor.PROCESS.watch(this);
    }

    long holdNanos() {
        return holdNanos;
    }

    /** The monitor: whether a runner is mounted. */
    boolean isOccupied() {
        return Gate.isOpen(gate.word());
    }

    /** What the monitor sees. */
    enum Sight {
        /** Nothing was mounted since the last look. */
        NOTHING,
        /** Something was, and nothing for long. */
        SHORT,
        /** What was mounted at the last look still is. */
        LONG
    }

    /** The monitor: judges the present mount. A loop is taken at the look after a LONG one. */
    Sight look(long nowNanos) {
        final Gate seen = gate;
        long word = seen.word();
        long mount = Gate.mountOf(word);
        if (mount != mountSeen) {
            mountSeen = mount;
            seenNanos = nowNanos;
            return Sight.SHORT;
        }
        Spares from = spares;
        if (from != null) from.warnOnce();
        if (!Gate.isOpen(word)) return Sight.NOTHING;
        long held = nowNanos - seenNanos;
        if (mountHurried != mount) {
            if (held >= holdNanos / 2) mountHurried = mount;
        } else if (held >= holdNanos && mountTaken != mount) {
            mountTaken = mount;
            sendTaker(seen, word);
        }
        return Sight.LONG;
    }

    private void sendTaker(Gate held, long word) {
        try {
            Spares.run(new Taking(this, held, word));
        } catch (Throwable noThread) {
            // The next look tries again; the loop stays with the thread that has it.
            mountTaken = 0;
            throw noThread;
        }
    }

    /**
     * By the thread that drives from now on: takes the loop from the user code that holds it.
     *
     * @return false when that has just come back
     */
    public boolean take() {
        Gate held = gate;
        return take(held, held.word());
    }

    private boolean take(Gate held, long word) {
        if (!held.take(word)) return false;
        host.owned(Thread.currentThread());
        isReserved = false;
        handOvers.increment();
        gate = held.successor();
        CarriedRunner runner = held.runner();
        if (runner != null) tellTaken(runner);
        return true;
    }

    private void tellTaken(CarriedRunner runner) {
        CarriedTask task = runner.task;
        if (task == null) return;
        if (runner.isTimed) task.onMeasured(clock.nanoTime() - runner.sinceNanos);
        task.onTaken(runner);
    }

    /** How often the loop was taken. Any thread. */
    public long handOvers() {
        return handOvers.value();
    }

    /** What a spare thread is called for. */
    private record Taking(Carrier carrier, Gate held, long word) implements Runnable {
        @Override
        public void run() {
            if (carrier.take(held, word)) {
                carrier.host.drive();
            } else {
                // Over, or inside: then the next look sends another.
                carrier.mountTaken = 0;
            }
        }
    }
}

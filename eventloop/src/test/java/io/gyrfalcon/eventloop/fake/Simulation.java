package io.gyrfalcon.eventloop.fake;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopSettings;
import io.gyrfalcon.primitives.fixtures.ManualClock;
import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Loops, a network and a clock that one thread and one seed move.
 *
 * <p>While one loop has its turn the others are given away, so that they are another thread's to
 * the engine; between turns all are the caller's: see {@link #offLoops}.
 */
public final class Simulation implements AutoCloseable {
    private static final int TURNS_MAX = 10_000;
    private static final Thread NOBODY = new Thread("nobody");

    private final ManualClock clock = new ManualClock(0);
    private final Budget budget = new Budget(256L << 20);
    private final SlabPool sharedSlabs = SlabPool.shared(budget);
    private final FakeNetwork network;
    private final List<Loop> loops = new ArrayList<>();
    private final List<FakePoller> pollers = new ArrayList<>();
    private int depth;

    /** A simulation without loops; {@code seed} decides what {@code weather} leaves open. */
    public Simulation(long seed, Weather weather) {
        network = new FakeNetwork(seed, clock, weather);
    }

    /** Adds a loop that this thread drives. */
    public Loop newLoop() {
        return newLoop(LoopSettings.defaults());
    }

    /** Adds a loop with other settings. */
    public Loop newLoop(LoopSettings settings) {
        return newLoop(settings, false);
    }

    /**
     * Adds a loop that may carry runners: their tasks run on this thread's stack, and may take the
     * loop from themselves in the middle by {@link Loop#take}, to go on as if on another thread.
     */
    public Loop newLoop(LoopSettings settings, boolean isCarrying) {
        FakePoller poller = network.newPoller();
        Loop loop =
                Loop.manual(
                        loops.size(),
                        settings,
                        poller,
                        clock,
                        SlabPool.forLoop(budget),
                        sharedSlabs,
                        isCarrying);
        loops.add(loop);
        pollers.add(poller);
        return loop;
    }

    /** The network that all loops share. */
    public FakeNetwork network() {
        return network;
    }

    /** The clock of everything here. */
    public ManualClock clock() {
        return clock;
    }

    /** The poller of a loop, by the loop's index. */
    public FakePoller poller(int index) {
        return pollers.get(index);
    }

    /** Gives one loop, by its index, one turn. */
    public void turn(int index) {
        Loop loop = loops.get(index);
        drive(loop, () -> turn(loop));
    }

    /** Runs something as the thread that drives this loop and no other. Between turns. */
    public void on(Loop loop, Runnable action) {
        drive(loop, action);
    }

    /** Runs something as a thread that drives no loop. Between turns. */
    public void offLoops(Runnable action) {
        drive(null, action);
    }

    private void drive(@Nullable Loop only, Runnable action) {
        depth++;
        own(only);
        try {
            action.run();
        } finally {
            depth--;
            if (depth > 0) own(null);
            else for (Loop loop : loops) loop.adopt(Thread.currentThread());
        }
    }

    private void own(@Nullable Loop only) {
        for (Loop loop : loops) loop.adopt(loop == only ? Thread.currentThread() : NOBODY);
    }

    /**
     * In user code that a loop carries: another thread takes that loop, and does something
     * meanwhile. False where no loop carries the caller.
     */
    public boolean handOver(Runnable meanwhile) {
        boolean isTaken = false;
        for (Loop loop : loops) isTaken |= loop.take();
        if (!isTaken) return false;
        meanwhile.run();
        own(null);
        return true;
    }

    /** Gives turns until nothing is left to do at this instant. */
    public void settle() {
        for (int i = 0; i < TURNS_MAX; i++) {
            network.deliverDue();
            for (int index = 0; index < loops.size(); index++) turn(index);
            if (nanosToNext() > 0) return;
        }
        throw new AssertionError("still busy after " + TURNS_MAX + " turns at one instant");
    }

    /** Gives one turn, and is the loop's owner again if it was taken in it. */
    public static void turn(Loop loop) {
        if (!loop.turn(0)) loop.adopt(Thread.currentThread());
    }

    /** How long until something happens by itself; {@link Long#MAX_VALUE}: never. */
    public long nanosToNext() {
        long next = network.nanosToNext();
        for (FakePoller poller : pollers) if (poller.hasNews()) return 0;
        for (Loop loop : loops) next = Math.min(next, loop.waitNanos(Long.MAX_VALUE));
        return next;
    }

    /** Lives through so much time. */
    public void runFor(long nanos) {
        long end = clock.nanoTime() + nanos;
        settle();
        while (true) {
            long left = end - clock.nanoTime();
            if (left <= 0) return;
            clock.advance(Math.min(left, nanosToNext()));
            settle();
        }
    }

    /**
     * Lives until {@code condition} holds; false when so much time has passed before, or nothing
     * can happen any more.
     */
    public boolean runUntil(BooleanSupplier condition, long nanosMax) {
        long end = clock.nanoTime() + nanosMax;
        settle();
        while (!condition.getAsBoolean()) {
            long next = nanosToNext();
            if (next > end - clock.nanoTime()) return false;
            clock.advance(next);
            settle();
        }
        return true;
    }

    /** Slabs that are taken and not returned, by all loops and by what they share. */
    public long outstandingSlabs() {
        long count = sharedSlabs.outstanding();
        for (Loop loop : loops) count += loop.slabs().outstanding();
        return count;
    }

    /** Ends all loops. */
    @Override
    public void close() {
        for (Loop loop : loops) drive(loop, loop::end);
        sharedSlabs.close();
    }
}

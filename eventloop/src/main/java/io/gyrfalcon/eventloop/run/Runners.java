package io.gyrfalcon.eventloop.run;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

import org.jctools.queues.varhandle.SpmcVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;

/**
 * Where tasks run that may block: recycled virtual threads of the JDK's scheduler, fed by one loop.
 * Loop-owned; {@link #live} and {@link #idle} are for any thread.
 */
@LoopOwned
@HotPath
public final class Runners {
    /*
     * Hand-over
     *
     * Tasks of a turn gather in a ring; at its end at most one runner is woken, and none when one
     * is at work already: it comes back to the ring after its task. Runners that find the ring
     * empty leave the crew and lie down.
     *
     * Stalls
     *
     * A runner may block in a task, and those behind it must not wait. While the ring is not empty
     * the loop looks again after CHECK_NANOS. If no more tasks were taken than runners were added,
     * every one of them is presumed to hang: the crew is written off (its members join the next
     * crew when they come back) and new runners are added, twice as many as the time before. When
     * runners that were added have not even begun, the JDK's carriers are busy: more virtual
     * threads would wait behind the same carriers, so after START_NANOS without a task taken,
     * platform threads help.
     *
     * A crew that was at work long before a hand-over, with nothing in the ring, is written off at
     * once: what arrives while a lone handler blocks does not wait for the first look.
     *
     * Order of memory
     *
     *   loop                                runner
     *   ring.offer                          crew: leave        (compare and set)
     *   full fence                          ring empty?
     *   crew empty?
     *
     * Write before read on both sides: either the runner sees the task or the loop sees the crew
     * empty.
     */
    private static final int RING_TASKS = 4096;
    private static final long CHECK_NANOS = 200_000;
    private static final long CHECK_NANOS_MAX = 2_000_000;
    private static final long START_NANOS = 2_000_000;

    /** How long a task that can wait does, when nothing else takes it along. */
    private static final long LATER_NANOS = 1_000_000;

    private final boolean isInline;
    private final boolean isBatching;
    private final Runnable wakeUp;
    private final SpmcVarHandleArrayQueue<Runnable> ring;
    private final ArrayDeque<Runnable> overflow = new ArrayDeque<>();
    private final Crew crew = new Crew();
    private final Bench bench;
    private final SpareThreads helpers;
    private final int parallelism;

    // written by the loop
    private volatile boolean isOverflowing;
    private @Nullable Runnable onDrained;
    private boolean isWatching;
    private boolean isUrgent;
    private long laterSinceNanos;
    private long handOverNanos;
    private long checkNanos;
    private long intervalNanos;
    private long stillSinceNanos;
    private long waitingSinceNanos;
    private long indexSeen;
    private long handedOver;
    private int added;
    private int step;

    /** Runners of a loop that {@code wakeUp} wakes from any thread. */
    public Runners(Runnable wakeUp, int idleMax, boolean batching) {
        this(wakeUp, idleMax, batching, SpareThreads.process());
    }

    Runners(Runnable wakeUp, int idleMax, boolean batching, SpareThreads helpers) {
        this(wakeUp, idleMax, batching, helpers, false);
    }

    private Runners(
            Runnable wakeUp, int idleMax, boolean batching, SpareThreads helpers, boolean inline) {
        this.wakeUp = wakeUp;
        this.isBatching = batching;
        this.isInline = inline;
        this.helpers = helpers;
        this.ring = new SpmcVarHandleArrayQueue<>(inline ? 8 : RING_TASKS);
        this.bench = new Bench(this, idleMax);
        this.parallelism = Runtime.getRuntime().availableProcessors();
    }

    /**
     * Has {@code listener} called by a runner that has found no more tasks. Before the first one.
     */
    public void onDrained(Runnable listener) {
        onDrained = listener;
    }

    /** Runs tasks on the loop itself at the end of the turn: for simulators. */
    public static Runners inline() {
        return new Runners(() -> {}, 0, true, SpareThreads.process(), true);
    }

    /** Queues a task; it is handed over at the end of the turn. Never refuses. */
    public void submit(Runnable task) {
        isUrgent = true;
        enqueue(task);
    }

    /**
     * Queues a task that can wait a millisecond: it goes along with the next hand-over, or makes
     * one when that is too long in coming. Never refuses.
     */
    public void submitLater(Runnable task, long nowNanos) {
        if (!isUrgent && ring.isEmpty()) laterSinceNanos = nowNanos;
        enqueue(task);
    }

    private void enqueue(Runnable task) {
        if (!isBatching) {
            submitAlone(task);
            return;
        }
        if (isInline || isOverflowing || !ring.offer(task)) submitSlow(task);
    }

    private void submitSlow(Runnable task) {
        overflow.add(task);
        if (!isInline) isOverflowing = true;
    }

    /** Gives a task that is known to block a runner of its own, at once. */
    public void submitAlone(Runnable task) {
        if (isInline) {
            overflow.add(task);
            return;
        }
        bench.call(Crew.NONE, task);
    }

    /**
     * Hands over what was submitted in this turn, and looks after what was before. By the loop,
     * once per turn.
     */
    public void handOver(long nowNanos) {
        if (isInline) {
            runInline();
            return;
        }
        if (isOverflowing) refill();
        if (ring.isEmpty()) {
            isWatching = false;
            return;
        }
        if (!isUrgent && !isWatching && nowNanos - laterSinceNanos < LATER_NANOS) return;
        isUrgent = false;
        VarHandle.fullFence();
        boolean isFresh = !isWatching || ring.currentConsumerIndex() >= handedOver;
        handedOver = ring.currentProducerIndex();
        if (isFresh) {
            begin(nowNanos);
        } else if (nowNanos - checkNanos >= 0) {
            check(nowNanos);
        }
        if (crew.isEmpty()) add(1);
    }

    private void runInline() {
        for (Runnable task = overflow.poll(); task != null; task = overflow.poll()) {
            Runner.run(task);
        }
    }

    private void refill() {
        for (Runnable task = overflow.peek(); task != null; task = overflow.peek()) {
            if (!ring.offer(task)) return;
            overflow.poll();
        }
        isOverflowing = false;
    }

    /** The first tasks after all earlier ones were taken. */
    private void begin(long nowNanos) {
        isWatching = true;
        if (nowNanos - handOverNanos >= CHECK_NANOS && !crew.isEmpty()) crew.writeOff();
        handOverNanos = nowNanos;
        waitingSinceNanos = nowNanos;
        stillSinceNanos = nowNanos;
        indexSeen = ring.currentConsumerIndex();
        added = 0;
        step = 1;
        intervalNanos = CHECK_NANOS;
        checkNanos = nowNanos + CHECK_NANOS;
    }

    private void check(long nowNanos) {
        long index = ring.currentConsumerIndex();
        long taken = index - indexSeen;
        indexSeen = index;
        if (taken > 0) stillSinceNanos = nowNanos;
        if (bench.unbegun() > 0) {
            if (nowNanos - stillSinceNanos >= START_NANOS) help(nowNanos);
        } else if (taken <= added) {
            stalled();
        } else {
            progressed(nowNanos);
        }
        checkNanos = nowNanos + intervalNanos;
    }

    private void stalled() {
        crew.writeOff();
        int count = Math.min(step, ring.size());
        added = 0;
        add(Math.max(1, count));
        step = Math.min(step * 2, RING_TASKS);
        intervalNanos = CHECK_NANOS;
    }

    private void progressed(long nowNanos) {
        added = 0;
        step = 1;
        intervalNanos = Math.min(intervalNanos * 2, CHECK_NANOS_MAX);
        if (nowNanos - waitingSinceNanos < START_NANOS) return;
        waitingSinceNanos = nowNanos;
        if (crew.size() < parallelism) add(1);
    }

    private void help(long nowNanos) {
        int count = Math.max(1, Math.min(step, ring.size()));
        for (int i = 0; i < count; i++) {
            if (!helpers.tryRun(new Runner(this))) break;
        }
        step = Math.min(step * 2, RING_TASKS);
        stillSinceNanos = nowNanos;
        intervalNanos = CHECK_NANOS_MAX;
    }

    private void add(int count) {
        added += count;
        for (int i = 0; i < count; i++) bench.call(crew.enter(), null);
    }

    /**
     * When the loop must look after its runners again; {@link Long#MAX_VALUE}: not before the next
     * hand-over.
     */
    public long nanosToNext(long nowNanos) {
        if (ring.isEmpty() && overflow.isEmpty()) return Long.MAX_VALUE;
        if (isWatching) return Math.max(0, checkNanos - nowNanos);
        return isUrgent ? 0 : Math.max(0, laterSinceNanos + LATER_NANOS - nowNanos);
    }

    /** Whether tasks wait to be taken. Any thread. */
    public boolean hasTasks() {
        return !ring.isEmpty();
    }

    /** Runners that exist. Any thread. */
    public int live() {
        return bench.live();
    }

    /** Runners that wait for work. Any thread. */
    public int idle() {
        return bench.idle();
    }

    /** Ends runners that have nothing to do; the others end after their task and what is queued. */
    public void close() {
        if (isInline) {
            overflow.clear();
            return;
        }
        refill();
        if (!overflow.isEmpty()) {
            Runnable[] rest = overflow.toArray(new Runnable[0]);
            overflow.clear();
            isOverflowing = false;
            submitAlone(() -> Runner.runAll(rest));
        }
        if (!ring.isEmpty()) add(Math.min(ring.size(), 16));
        bench.close();
    }

    // for the runners

    @Nullable Runnable take() {
        Runnable task = ring.poll();
        if (task == null && isOverflowing) wakeUp.run();
        return task;
    }

    void drained() {
        Runnable listener = onDrained;
        if (listener != null) listener.run();
    }

    Crew crew() {
        return crew;
    }

    Bench bench() {
        return bench;
    }
}

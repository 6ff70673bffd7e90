package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.poll.Poller;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.count.Counter;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * What one loop does for the balance of its group: measures its load, and gives connections away.
 * Loop-owned, but for {@link #load} and {@link #given}.
 */
@LoopOwned
final class Balance {
    /*
     * Load
     *
     * Thousandths of a CPU that the loop's thread has used since the last look, but for spinning,
     * times the sockets that were ready together when it found any. CPU alone says too little of a
     * loop that has none left: clients that wait for answers fill a CPU whether they are one or
     * ten, and what differs is how many of them wait for each other.
     *
     * A look
     *
     * At the end of a turn, PERIOD_NANOS after the one before; the load is the mean of what was
     * seen and of what it was, since a machine that is full is not fair in so short a time. A loop
     * that waits takes no turns and no looks: an old figure of a loop that does not wait, so is
     * busy with one thing since, counts as unknown, a very old one of one that does as 0. It may be
     * about to wake, and wait for a processor only. Where the loop went to another thread, what
     * that one has used since stands for the whole time, if it is not too short; else the old
     * figure stays.
     *
     * A loop that finds itself the busiest by far surveys its sockets until the next look: each is
     * timed while it is served, and while a runner of the loop makes its callbacks. If the loop is
     * still the busiest by far then, the best fit of the connections that are quiet at the end of a
     * turn goes. Where none goes, the loop pauses before it surveys again. See RecentMoves for how
     * often a group moves connections.
     */
    static final long PERIOD_NANOS = 200_000_000L;

    private static final long FRESH_NANOS = 2 * PERIOD_NANOS;
    private static final long IDLE_NANOS = 5 * PERIOD_NANOS;
    private static final long PART_NANOS_MIN = PERIOD_NANOS / 16;
    private static final long PAUSE_NANOS = 5 * PERIOD_NANOS;
    private static final int SLOTS = 2048;
    private static final int SEEN_MAX = SLOTS / 2;
    private static final int WHOLE_CPU = 1000;

    private final Loop loop;
    private final Loop[] group;
    private final int[] nodes;
    private final RecentMoves moves;
    private final Counter given = new Counter();
    private final int[] loads;

    // written by the loop
    private @Nullable Thread measured;
    private long measuredNanos;
    private long cpuNanos;
    private long spunNanos;
    private long dueNanos;
    private long resumeNanos;
    private long ready;
    private long readyTurns;
    private @Nullable Loop taker;
    private int difference;

    // A survey: a table by identity, so that no connection pays for it at other times.
    private @Nullable LoopSocket[] seen = new LoopSocket[0];
    private long[] spent = new long[0];
    private int seenCount;
    private long spentNanos;

    // read by the other loops
    private volatile int load;
    private volatile long lookedNanos;

    private Balance(Loop loop, Loop[] group, int[] nodes, RecentMoves moves) {
        this.loop = loop;
        this.group = group;
        this.nodes = nodes;
        this.moves = moves;
        loads = new int[group.length];
        dueNanos = loop.nowNanos();
        measuredNanos = dueNanos;
        resumeNanos = dueNanos;
        lookedNanos = dueNanos;
    }

    /** Has the loops of a group keep their balance. When placed, before they have a turn. */
    static void keep(Loop[] group) {
        int[] nodes = new int[group.length];
        for (int i = 0; i < nodes.length; i++) nodes[i] = group[i].place().node();
        RecentMoves moves = new RecentMoves();
        for (Loop loop : group) loop.balancedBy(new Balance(loop, group, nodes, moves));
        // Where the first question only begins to load what will answer it.
        group[0].poller().threadCpuNanos();
    }

    /** Connections given away so far. Any thread. */
    long given() {
        return given.value();
    }

    /** The load as of late, or {@link Imbalance#UNKNOWN}. Any thread. */
    int load(long nowNanos) {
        long age = nowNanos - lookedNanos;
        if (age < FRESH_NANOS) return load;
        if (!loop.isWaiting()) return Imbalance.UNKNOWN;
        return age < IDLE_NANOS ? load : 0;
    }

    /** The loop's turn has come to its end; so many sockets were ready in it. */
    void onTurnEnd(long nowNanos, int readyNow) {
        if (readyNow > 0) {
            ready += readyNow;
            readyTurns++;
        }
        if (Thread.currentThread() != measured) begin(nowNanos);
        final Loop to = taker;
        if (to != null) giveOne(to, nowNanos);
        if (nowNanos - dueNanos >= 0) look(nowNanos);
    }

    private void look(long nowNanos) {
        dueNanos = nowNanos + PERIOD_NANOS;
        measure(nowNanos);
        int to = Imbalance.taker(loads(nowNanos), nodes, loop.index());
        if (to == Imbalance.NONE || nowNanos - resumeNanos < 0) {
            rest();
        } else if (!loop.isSurveying()) {
            survey();
        } else if (taker == null) {
            taker = group[to];
            difference = loads[loop.index()] - loads[to];
        } else {
            resumeNanos = nowNanos + PAUSE_NANOS;
            rest();
        }
    }

    private void measure(long nowNanos) {
        long cpu = loop.poller().threadCpuNanos();
        long elapsed = nowNanos - measuredNanos;
        if (cpu == Poller.UNKNOWN || cpuNanos == Poller.UNKNOWN) {
            load = Imbalance.UNKNOWN;
        } else if (elapsed >= PART_NANOS_MIN) {
            long busy = elapsed - (loop.spunNanos() - spunNanos);
            long used = Math.max(0, Math.min(cpu - cpuNanos, busy)) * WHOLE_CPU / elapsed;
            int seen = (int) (readyTurns == 0 ? used : used * ready / readyTurns);
            load = load == Imbalance.UNKNOWN ? seen : (load + seen) / 2;
        }
        lookedNanos = nowNanos;
        ready = 0;
        readyTurns = 0;
        begin(nowNanos);
    }

    /** Measures from now on, on the thread that drives the loop now. */
    private void begin(long nowNanos) {
        measured = Thread.currentThread();
        measuredNanos = nowNanos;
        cpuNanos = loop.poller().threadCpuNanos();
        spunNanos = loop.spunNanos();
    }

    private int[] loads(long nowNanos) {
        for (int i = 0; i < group.length; i++) {
            Balance other = group[i].balance();
            loads[i] = other == null ? Imbalance.UNKNOWN : other.load(nowNanos);
        }
        return loads;
    }

    private void survey() {
        if (seen.length == 0) {
            seen = new LoopSocket[SLOTS];
            spent = new long[SLOTS];
        }
        loop.surveying(true);
    }

    private void rest() {
        taker = null;
        if (!loop.isSurveying()) return;
        loop.surveying(false);
        Arrays.fill(seen, null);
        seenCount = 0;
        spentNanos = 0;
    }

    /** Within a survey: serves a socket and notes how long that took. */
    void time(LoopSocket socket, int what) {
        long began = loop.clock().nanoTime();
        socket.serve(what);
        spent(socket, loop.clock().nanoTime() - began);
    }

    /** Within a survey: this socket has cost so much time. */
    void spent(LoopSocket socket, long nanos) {
        spentNanos += nanos;
        int at = System.identityHashCode(socket) & (SLOTS - 1);
        while (seen[at] != socket) {
            if (seen[at] == null) {
                if (seenCount == SEEN_MAX) return;
                seenCount++;
                seen[at] = socket;
                spent[at] = 0;
            } else {
                at = (at + 1) & (SLOTS - 1);
            }
        }
        spent[at] += nanos;
    }

    private void giveOne(Loop to, long nowNanos) {
        if (!moves.isDue(nowNanos)) return;
        LoopSocket best = null;
        int bestShare = 0;
        for (int i = 0; i < seen.length; i++) {
            LoopSocket socket = seen[i];
            if (socket == null) continue;
            int share = share(i);
            if (!isFit(socket, share, nowNanos)) continue;
            if (best != null && !Imbalance.isBetter(difference, share, bestShare)) continue;
            best = socket;
            bestShare = share;
        }
        if (best == null || !moves.begin(best, nowNanos)) return;
        if (best.moveTo(to)) given.increment();
        rest();
    }

    private boolean isFit(LoopSocket socket, int share, long nowNanos) {
        return Imbalance.isFit(difference, share)
                && socket.mayLeave(loop)
                && !moves.has(socket, nowNanos);
    }

    private int share(int at) {
        return spentNanos == 0 ? 0 : (int) (spent[at] * load / spentNanos);
    }
}

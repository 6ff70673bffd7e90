package io.gyrfalcon.eventloop;

import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.primitives.memory.SlabPool;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Memory that the loops of one group share, a pool for each node of memory on which they run.
 * Filled by the thread that makes the loops; closed when the last of them has ended, by any thread.
 */
final class NodeSlabs implements Runnable {
    private final Budget budget;
    private final Map<Integer, SlabPool> pools = new HashMap<>();
    private final AtomicInteger running;

    NodeSlabs(Budget budget, int loops) {
        this.budget = budget;
        this.running = new AtomicInteger(loops);
    }

    /** The pool of a node. Before the loops are started. */
    SlabPool of(int node) {
        return pools.computeIfAbsent(node, _ -> SlabPool.shared(budget));
    }

    /** One of the loops has ended. */
    @Override
    public void run() {
        if (running.decrementAndGet() > 0) return;
        for (SlabPool pool : pools.values()) pool.close();
    }
}

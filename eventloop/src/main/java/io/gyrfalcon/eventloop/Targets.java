package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.machine.Topology;
import io.gyrfalcon.eventloop.poll.Wire;

import org.jspecify.annotations.Nullable;

/** The loops that take a listener's connections, and which of them takes one. Any thread. */
final class Targets {
    /*
     * Near memory
     *
     * A connection's packets are received on the CPU that its network card interrupts, and its
     * socket's memory lies there. Where loops are pinned on several nodes, one of that node is
     * taken, unless it has clearly more connections than the loop that has fewest: a near loop
     * without time is worse than a far one with it.
     */
    private static final int SLACK_MIN = 2;

    private final Loop[] loops;
    private final Topology topology;
    private final boolean hasNodes;

    Targets(Loop[] loops, Topology topology) {
        this.loops = loops;
        this.topology = topology;
        this.hasNodes = areOnSeveralNodes(loops);
    }

    static Targets only(Loop loop) {
        return new Targets(new Loop[] {loop}, Topology.UNKNOWN);
    }

    private static boolean areOnSeveralNodes(Loop[] loops) {
        for (Loop loop : loops) if (loop.place().node() != loops[0].place().node()) return true;
        return false;
    }

    /** The loop that takes this connection. */
    Loop choose(Wire wire) {
        Loop least = leastLoaded(loops);
        if (!hasNodes) return least;
        Loop near = leastLoadedOn(topology.nodeOf(wire.incomingCpu()));
        if (near == null) return least;
        int fewest = least.connections();
        return near.connections() <= fewest + Math.max(SLACK_MIN, fewest / 4) ? near : least;
    }

    private @Nullable Loop leastLoadedOn(int node) {
        Loop least = null;
        for (Loop loop : loops) {
            if (loop.place().node() != node) continue;
            if (least == null || loop.connections() < least.connections()) least = loop;
        }
        return least;
    }

    /** The loop with the fewest connections; the first of equals. Any thread. */
    static Loop leastLoaded(Loop[] loops) {
        Loop least = loops[0];
        int fewest = least.connections();
        for (int i = 1; i < loops.length && fewest > 0; i++) {
            int count = loops[i].connections();
            if (count < fewest) {
                fewest = count;
                least = loops[i];
            }
        }
        return least;
    }
}

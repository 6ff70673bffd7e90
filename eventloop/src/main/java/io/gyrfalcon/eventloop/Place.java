package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.machine.CpuList;
import io.gyrfalcon.eventloop.machine.Topology;
import io.gyrfalcon.eventloop.poll.ThreadAffinity;

import java.util.ArrayList;
import java.util.List;

/**
 * Where one loop runs. Immutable.
 *
 * @param cpus those it is pinned to; none: anywhere
 * @param everywhere those that the process may use; none where nobody knows
 * @param node whose memory is near, {@link Topology#NO_NODE} where nobody knows or cares
 */
record Place(List<Integer> cpus, List<Integer> everywhere, int node) {
    static final Place ANYWHERE = new Place(List.of(), List.of(), Topology.NO_NODE);

    /**
     * A place for each of so many loops.
     *
     * @throws IllegalArgumentException when a CPU was named that this process may not use
     */
    static List<Place> plan(Pinning pinning, Topology topology, int loops) {
        List<Place> seats = seats(pinning, topology);
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
            places.add(seats.isEmpty() ? ANYWHERE : seats.get(i % seats.size()));
        }
        return places;
    }

    private static List<Place> seats(Pinning pinning, Topology topology) {
        if (pinning.kind() == Pinning.Kind.NONE) return List.of();
        String reason = ThreadAffinity.unavailable();
        if (reason == null && topology.cpus().isEmpty()) reason = "the system names no CPUs";
        if (reason != null) {
            Failures.warn("loops are not pinned: " + reason);
            return List.of();
        }
        List<Place> seats = new ArrayList<>();
        switch (pinning.kind()) {
            case NONE -> {}
            case CPU -> topology.spread().forEach(cpu -> seats.add(on(cpu.number(), topology)));
            case NODE ->
                    topology.byNode().forEach((node, cpus) -> seats.add(on(cpus, node, topology)));
            case LISTED -> pinning.cpus().forEach(cpu -> seats.add(on(cpu, topology)));
        }
        return seats;
    }

    private static Place on(int cpu, Topology topology) {
        List<Integer> known = topology.numbers();
        if (!known.contains(cpu)) {
            throw new IllegalArgumentException(
                    "pinning: CPU " + cpu + " (expected: of " + CpuList.text(known) + ")");
        }
        return on(List.of(cpu), topology.nodeOf(cpu), topology);
    }

    private static Place on(List<Integer> cpus, int node, Topology topology) {
        return new Place(cpus, topology.numbers(), node);
    }

    boolean isPinned() {
        return !cpus.isEmpty();
    }

    /** Pins the calling thread for a loop's driver; a refusal is one warning. */
    void take(LoopDriver driver) {
        if (!isPinned()) return;
        String refusal = ThreadAffinity.pin(driver, cpus, everywhere);
        if (refusal != null) {
            Failures.warn("a loop is not pinned to CPU " + CpuList.text(cpus) + ": " + refusal);
        }
    }

    /** Sets the calling thread free, unless another one has taken this place for the driver. */
    void leave(LoopDriver driver) {
        if (isPinned()) ThreadAffinity.release(driver, everywhere);
    }
}

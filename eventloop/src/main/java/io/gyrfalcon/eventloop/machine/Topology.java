package io.gyrfalcon.eventloop.machine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The CPUs that this process may use, and how they hang together. Immutable.
 *
 * @param cpus in ascending order; none where the system does not tell
 */
public record Topology(List<Cpu> cpus) {
    /** Nothing is known. */
    public static final Topology UNKNOWN = new Topology(List.of());

    /** No node. */
    public static final int NO_NODE = -1;

    /**
     * One CPU as the system counts them: a hardware thread.
     *
     * @param number the system's
     * @param node whose memory is near, {@link #NO_NODE} where there are no nodes
     * @param core the lowest number among the threads that share a core with it
     */
    public record Cpu(int number, int node, int core) {}

    public Topology {
        cpus = List.copyOf(cpus);
    }

    /** What the system's files tell. */
    public static Topology read(SystemFiles files) {
        String allowed = files.field("proc/self/status", "Cpus_allowed_list");
        if (allowed == null) allowed = files.read("sys/devices/system/cpu/online");
        Map<Integer, Integer> nodes = nodes(files);
        List<Cpu> cpus = new ArrayList<>();
        for (int number : listOrNone(allowed)) {
            String siblings =
                    files.read(
                            "sys/devices/system/cpu/cpu"
                                    + number
                                    + "/topology/thread_siblings_list");
            List<Integer> threads = listOrNone(siblings);
            int core = threads.isEmpty() ? number : threads.getFirst();
            cpus.add(new Cpu(number, nodes.getOrDefault(number, NO_NODE), core));
        }
        return new Topology(cpus);
    }

    private static Map<Integer, Integer> nodes(SystemFiles files) {
        Map<Integer, Integer> nodes = new HashMap<>();
        String folder = "sys/devices/system/node";
        for (int node : files.numbered(folder, "node")) {
            for (int cpu : listOrNone(files.read(folder + "/node" + node + "/cpulist"))) {
                nodes.put(cpu, node);
            }
        }
        return nodes;
    }

    private static List<Integer> listOrNone(@Nullable String text) {
        if (text == null) return List.of();
        try {
            return CpuList.parse(text);
        } catch (IllegalArgumentException odd) {
            return List.of();
        }
    }

    /** The CPUs' numbers, ascending. */
    public List<Integer> numbers() {
        return cpus.stream().map(Cpu::number).toList();
    }

    /** The numbers of each node's CPUs, by node, ascending. */
    public Map<Integer, List<Integer>> byNode() {
        Map<Integer, List<Integer>> nodes = new TreeMap<>();
        for (Cpu cpu : cpus) {
            nodes.computeIfAbsent(cpu.node(), _ -> new ArrayList<>()).add(cpu.number());
        }
        return nodes;
    }

    /** The node of a CPU, {@link #NO_NODE} for one that is not here. */
    public int nodeOf(int number) {
        for (Cpu cpu : cpus) if (cpu.number() == number) return cpu.node();
        return NO_NODE;
    }

    /** How many cores these CPUs are. */
    public int cores() {
        return (int) cpus.stream().mapToInt(Cpu::core).distinct().count();
    }

    /**
     * The CPUs in the order in which loops should take them: a core of its own for each as long as
     * there are cores, and node after node in turn.
     */
    public List<Cpu> spread() {
        Map<Integer, Integer> onCore = new HashMap<>();
        Map<List<Integer>, Integer> onNode = new HashMap<>();
        record Seat(int thread, int turn, Cpu cpu) {}
        List<Seat> seats = new ArrayList<>();
        for (Cpu cpu : cpus) {
            int thread = onCore.merge(cpu.core(), 1, Integer::sum);
            int turn = onNode.merge(List.of(thread, cpu.node()), 1, Integer::sum);
            seats.add(new Seat(thread, turn, cpu));
        }
        seats.sort(
                Comparator.comparingInt(Seat::thread)
                        .thenComparingInt(Seat::turn)
                        .thenComparingInt(seat -> seat.cpu().node()));
        return seats.stream().map(Seat::cpu).toList();
    }
}

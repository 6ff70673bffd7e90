package io.gyrfalcon.eventloop;

import java.util.ArrayList;
import java.util.List;

/**
 * On which CPUs the loops of a group run. Immutable.
 *
 * @param kind how each loop gets its CPUs
 * @param cpus the CPUs of {@link Kind#LISTED}, taken in turn; none for every other kind
 */
public record Pinning(Kind kind, List<Integer> cpus) {
    private static final String EXPECTED = " (expected: none, cpu, node or CPUs such as 0,2-5)";

    /** How a loop gets its CPUs. */
    public enum Kind {
        /** It runs wherever the system puts it. */
        NONE,

        /** One CPU for each loop, on a core of its own as long as there are cores. */
        CPU,

        /** All CPUs of one node of memory, node after node. */
        NODE,

        /** One of the CPUs that were named. */
        LISTED
    }

    /** Checks that CPUs are named where they have to be, and only there. */
    public Pinning {
        cpus = List.copyOf(cpus);
        if ((kind == Kind.LISTED) == cpus.isEmpty()) {
            throw new IllegalArgumentException("pinning: " + kind + " " + cpus + EXPECTED);
        }
        for (int cpu : cpus) {
            if (cpu < 0) throw new IllegalArgumentException("pinning: " + cpu + EXPECTED);
        }
    }

    /** Loops run anywhere. */
    public static Pinning none() {
        return new Pinning(Kind.NONE, List.of());
    }

    /** Each loop runs on a CPU of its own. */
    public static Pinning perCpu() {
        return new Pinning(Kind.CPU, List.of());
    }

    /** Each loop runs on one node of memory. */
    public static Pinning perNode() {
        return new Pinning(Kind.NODE, List.of());
    }

    /** Each loop runs on one of these CPUs, taken in turn. */
    public static Pinning on(List<Integer> cpus) {
        return new Pinning(Kind.LISTED, cpus);
    }

    /**
     * Reads {@code none}, {@code cpu}, {@code node}, or CPUs such as {@code 0,2-5} in the order in
     * which loops take them.
     *
     * @throws IllegalArgumentException when it is none of them
     */
    public static Pinning parse(String text) {
        return switch (text) {
            case "none" -> none();
            case "cpu" -> perCpu();
            case "node" -> perNode();
            default -> listed(text);
        };
    }

    private static Pinning listed(String text) {
        List<Integer> cpus = new ArrayList<>();
        try {
            for (String part : text.split(",", -1)) {
                int dash = part.indexOf('-');
                int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
                int last = dash < 0 ? first : Integer.parseInt(part.substring(dash + 1));
                if (last < first || last >= 1 << 13) throw new NumberFormatException(part);
                for (int cpu = first; cpu <= last; cpu++) cpus.add(cpu);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("pinning: " + text + EXPECTED);
        }
        return on(cpus);
    }
}

package io.gyrfalcon.eventloop.machine;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/** How much time of CPUs the control groups leave to this process. Stateless. */
public final class CpuQuota {
    private static final String V2_ROOT = "sys/fs/cgroup";
    private static final String[] V1_ROOTS = {
        "sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct", "sys/fs/cgroup/cpuacct,cpu"
    };

    private CpuQuota() {}

    /**
     * CPUs' worth of time, such as 1.5: the least of what this process's group and those above it
     * may use; infinite where nothing limits it.
     */
    public static double cpus(SystemFiles files) {
        String groups = files.read("proc/self/cgroup");
        double least = Double.POSITIVE_INFINITY;
        Path path = Path.of("/").resolve(groupOf(groups, "")).normalize();
        for (Path group = path; group != null; group = group.getParent()) {
            least = Math.min(least, v2(files.read(V2_ROOT + under(group) + "/cpu.max")));
        }
        path = Path.of("/").resolve(groupOf(groups, "cpu")).normalize();
        for (String root : V1_ROOTS) {
            for (Path group = path; group != null; group = group.getParent()) {
                String folder = root + under(group);
                long quota = files.number(folder + "/cpu.cfs_quota_us", -1);
                long period = files.number(folder + "/cpu.cfs_period_us", -1);
                least = Math.min(least, ratio(quota, period));
            }
        }
        return least;
    }

    private static String under(Path group) {
        return group.getNameCount() == 0 ? "" : group.toString();
    }

    /** {@code max 100000}, or quota and period in microseconds. */
    private static double v2(@Nullable String text) {
        if (text == null) return Double.POSITIVE_INFINITY;
        String[] words = text.split(" ", -1);
        if (words.length != 2) return Double.POSITIVE_INFINITY;
        try {
            return ratio(Long.parseLong(words[0]), Long.parseLong(words[1]));
        } catch (NumberFormatException unlimited) {
            return Double.POSITIVE_INFINITY;
        }
    }

    private static double ratio(long quota, long period) {
        return quota > 0 && period > 0 ? (double) quota / period : Double.POSITIVE_INFINITY;
    }

    /** The path of this process's group of that controller; of the unified hierarchy for "". */
    private static String groupOf(@Nullable String groups, String controller) {
        if (groups == null) return "/";
        for (String line : groups.split("\n", -1)) {
            String[] parts = line.split(":", 3);
            if (parts.length < 3) continue;
            for (String name : parts[1].split(",", -1)) {
                if (name.equals(controller)) return parts[2];
            }
        }
        return "/";
    }

    /**
     * How many loops suit that: at most one for each processor, and no more than could all run
     * without being stopped at the end of each period; at least one.
     *
     * @param quota as of {@link #cpus}
     * @param processors that the process may use, 1 or more
     */
    public static int loops(double quota, int processors) {
        return (int) Math.max(1, Math.min(processors, Math.floor(quota)));
    }
}

package io.gyrfalcon.cli.doctor;

import io.gyrfalcon.eventloop.machine.CpuQuota;
import io.gyrfalcon.eventloop.machine.SystemFiles;
import io.gyrfalcon.eventloop.machine.Topology;
import io.gyrfalcon.eventloop.poll.KernelFeatures;
import io.gyrfalcon.eventloop.poll.Pollers;
import io.gyrfalcon.eventloop.poll.ThreadAffinity;

import org.jspecify.annotations.Nullable;

/** Looks at a machine: its files, this JVM and its kernel. Stateless. */
final class Probe {
    private static final String OPEN_FILES = "Max open files";

    private Probe() {}

    /** What those files tell, and this process. */
    static Machine look(SystemFiles files) {
        String kernel = files.read("proc/sys/kernel/osrelease");
        Module ours = Probe.class.getModule();
        return new Machine(
                System.getProperty("os.name", "?"),
                System.getProperty("java.version", "?"),
                kernel == null ? System.getProperty("os.version", "?") : kernel,
                Pollers.epollProblem(),
                ThreadAffinity.unavailable(),
                KernelFeatures.ioUring(),
                ours.isNativeAccessEnabled(),
                Object.class.getModule().isOpen("java.lang", ours),
                descriptorsMax(limit(files)),
                Runtime.getRuntime().availableProcessors(),
                CpuQuota.cpus(files),
                Topology.read(files),
                chosen(files.read("sys/kernel/mm/transparent_hugepage/enabled")),
                word(files.read("proc/sys/net/ipv4/tcp_rmem"), 2),
                word(files.read("proc/sys/net/ipv4/tcp_wmem"), 2),
                files.number("proc/sys/net/core/rmem_max", Machine.UNKNOWN),
                files.number("proc/sys/net/core/wmem_max", Machine.UNKNOWN),
                files.number("proc/sys/net/core/somaxconn", Machine.UNKNOWN),
                files.number("proc/sys/net/ipv4/tcp_fastopen", Machine.UNKNOWN));
    }

    private static @Nullable String limit(SystemFiles files) {
        String text = files.read("proc/self/limits");
        if (text == null) return null;
        for (String line : text.split("\n", -1)) {
            if (line.startsWith(OPEN_FILES)) return line.substring(OPEN_FILES.length()).strip();
        }
        return null;
    }

    /** The soft limit: the JVM has raised it to the hard one already. */
    private static long descriptorsMax(@Nullable String line) {
        return "unlimited".equals(first(line)) ? Long.MAX_VALUE : word(line, 0);
    }

    private static @Nullable String first(@Nullable String line) {
        return line == null ? null : line.split("\\s+", 2)[0];
    }

    /** A number among words. */
    private static long word(@Nullable String text, int index) {
        String[] words = text == null ? new String[0] : text.split("\\s+", -1);
        try {
            return index < words.length ? Long.parseLong(words[index]) : Machine.UNKNOWN;
        } catch (NumberFormatException e) {
            return Machine.UNKNOWN;
        }
    }

    /** The word in brackets. */
    private static @Nullable String chosen(@Nullable String text) {
        if (text == null) return null;
        int start = text.indexOf('[');
        int end = text.indexOf(']', start + 1);
        return start < 0 || end < 0 ? null : text.substring(start + 1, end);
    }
}

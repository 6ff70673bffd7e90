package io.gyrfalcon.eventloop.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A machine that stands in a folder. */
public record FakeFiles(Path root) {
    /** Writes one file. */
    public FakeFiles with(String path, String text) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Two nodes of two cores of two threads: CPUs 0-3 on node 0, 4-7 on node 1; 0 and 1 a core. */
    public FakeFiles twoNodes() {
        with("proc/self/status", "Name:\tjava\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7");
        with("sys/devices/system/node/node0/cpulist", "0-3");
        with("sys/devices/system/node/node1/cpulist", "4-7");
        with("sys/devices/system/node/online", "0-1");
        for (int cpu = 0; cpu < 8; cpu++) {
            int core = cpu & ~1;
            with(
                    "sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list",
                    core + "-" + (core + 1));
        }
        return this;
    }

    /** To be read. */
    public SystemFiles files() {
        return new SystemFiles(root);
    }
}

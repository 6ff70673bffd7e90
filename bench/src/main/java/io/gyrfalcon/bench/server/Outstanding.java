package io.gyrfalcon.bench.server;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** What an engine holds right now; an engine's adapter is found as a service. Any thread. */
public interface Outstanding {
    /**
     * Counts by name, such as slabs, streams and connections: each zero once every peer has left.
     */
    Map<String, Long> counts();

    /** All counts that the class path tells, each as {@code name=count} after a space. */
    static String line() {
        TreeMap<String, Long> counts = new TreeMap<>();
        for (Outstanding one : ServiceLoader.load(Outstanding.class)) counts.putAll(one.counts());
        StringBuilder line = new StringBuilder();
        counts.forEach((name, count) -> line.append(' ').append(name).append('=').append(count));
        return line.toString();
    }
}

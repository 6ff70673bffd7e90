package io.gyrfalcon.bench.server;

import java.util.Iterator;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** What an engine holds right now; an engine's adapter is found as a service. Any thread. */
public interface Outstanding {
    /**
     * Counts by name, such as slabs, streams and connections: each zero once every peer has left.
     */
    Map<String, Long> counts();

    /** All counts that the class path tells; an adapter whose engine is not there is left out. */
    static Map<String, Long> all() {
        TreeMap<String, Long> counts = new TreeMap<>();
        Iterator<Outstanding> adapters = ServiceLoader.load(Outstanding.class).iterator();
        while (true) {
            try {
                if (!adapters.hasNext()) return counts;
                counts.putAll(adapters.next().counts());
            } catch (ServiceConfigurationError | LinkageError e) {
                counts.put("adapters-left-out", 0L);
            }
        }
    }

    /** The same as text, each as {@code name=count} after a space. */
    static String line() {
        StringBuilder line = new StringBuilder();
        all().forEach((name, count) -> line.append(' ').append(name).append('=').append(count));
        return line.toString();
    }
}

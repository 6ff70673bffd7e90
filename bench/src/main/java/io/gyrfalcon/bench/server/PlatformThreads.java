package io.gyrfalcon.bench.server;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The platform threads of this process. Stateless. */
public final class PlatformThreads {
    private PlatformThreads() {}

    /** Those that are alive, without the JDK's own for virtual threads. */
    public static long count() {
        return alive().count();
    }

    /** The names of those, sorted, with commas between. */
    static String names() {
        return alive().map(name -> name.replace(' ', '_'))
                .sorted()
                .collect(Collectors.joining(","));
    }

    private static Stream<String> alive() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> !isOfVirtualThreads(name));
    }

    /** Carriers, timers, pollers: the JDK adds and ends them as it likes. */
    private static boolean isOfVirtualThreads(String name) {
        return name.startsWith("ForkJoinPool")
                || name.startsWith("VirtualThread-")
                || name.endsWith("Poller");
    }
}

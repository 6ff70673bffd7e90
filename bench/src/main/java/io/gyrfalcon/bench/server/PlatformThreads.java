package io.gyrfalcon.bench.server;

/** The platform threads of this process. Stateless. */
public final class PlatformThreads {
    private PlatformThreads() {}

    /** Those that are alive, without the JDK's carriers: it adds and ends them as it likes. */
    public static long count() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().startsWith("ForkJoinPool"))
                .count();
    }
}

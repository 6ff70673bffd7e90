package io.gyrfalcon.verify.blocking;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;

import io.gyrfalcon.primitives.memory.Budget;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A process that starts and stops servers, and what it holds afterwards. Owned by its thread. */
final class Restarts {
    private static final int WARM_CYCLES = 20;
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private Restarts() {}

    /** What the process holds at one moment. */
    private record Held(long descriptors, long threads, long virtualThreads, long slabBytes) {
        static Held now() throws IOException {
            return new Held(
                    entries("/proc/self/fd"),
                    platformThreads(),
                    liveVirtualThreads(),
                    Budget.process().usedBytes());
        }

        private static long entries(String folder) {
            String[] names = new File(folder).list();
            return names == null ? 0 : names.length;
        }

        /** Without the JDK's own for virtual threads: it adds and ends them as it likes. */
        private static long platformThreads() {
            return Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> !name.startsWith("ForkJoinPool"))
                    .filter(name -> !name.startsWith("VirtualThread-"))
                    .filter(name -> !name.endsWith("Poller"))
                    .count();
        }

        private static long liveVirtualThreads() throws IOException {
            Path dump = Files.createTempDirectory("threads").resolve("dump");
            HotSpotDiagnosticMXBean jvm =
                    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            jvm.dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
            try (var lines = Files.lines(dump)) {
                return lines.filter(line -> line.matches("#\\d+ .*\\bvirtual\\b.*")).count();
            } finally {
                Files.delete(dump);
                Files.delete(dump.getParent());
            }
        }

        boolean isWithin(Held other) {
            return descriptors <= other.descriptors
                    && threads <= other.threads
                    && virtualThreads <= other.virtualThreads
                    && slabBytes <= other.slabBytes;
        }
    }

    /** Ends with 0 if nothing has leaked; the arguments are a poller and a number of cycles. */
    public static void main(String[] arguments) throws Exception {
        String poller = arguments[0];
        int cycles = Integer.parseInt(arguments[1]);
        play(poller, WARM_CYCLES);
        Held before = settled(null);
        long start = System.nanoTime();
        play(poller, cycles);
        long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        Held after = settled(before);
        System.out.printf(
                "%d cycles in %d ms: before %s, after %s%n", cycles, tookMillis, before, after);
        if (!after.isWithin(before)) throw new AssertionError("leaked: " + after);
        System.out.println("well.");
        System.exit(0);
    }

    /** Every tenth server loses its loop to a handler. */
    private static void play(String poller, int cycles) throws Exception {
        for (int i = 0; i < cycles; i++) {
            if (i % 10 == 0) Servers.callOnceHoldingTheLoop(poller);
            else Servers.callOnce(poller);
        }
    }

    /** What is held once a limit is kept; without one, once it has stopped to change. */
    private static Held settled(Held limit) throws IOException, InterruptedException {
        long end = System.nanoTime() + SETTLE_NANOS;
        Held last = Held.now();
        while (System.nanoTime() - end < 0) {
            Thread.sleep(limit == null ? 1_500 : 100);
            Held now = Held.now();
            boolean isSettled = limit == null ? now.equals(last) : now.isWithin(limit);
            if (isSettled) return now;
            last = now;
        }
        return last;
    }
}

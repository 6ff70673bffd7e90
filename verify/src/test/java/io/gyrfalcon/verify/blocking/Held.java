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

/** What the process holds at one moment. Immutable. */
record Held(long descriptors, long threads, long virtualThreads, long slabBytes) {
    private static final long SLAB_BYTES = 32 << 10;
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(30);

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

    /** So many virtual threads more, as pools keep them, and so many slabs of 32 KiB. */
    Held with(int more) {
        return new Held(descriptors, threads, virtualThreads + more, slabBytes + more * SLAB_BYTES);
    }

    boolean isWithin(Held other) {
        return descriptors <= other.descriptors
                && threads <= other.threads
                && virtualThreads <= other.virtualThreads
                && slabBytes <= other.slabBytes;
    }

    /** What is held once a limit is kept; without one, once it has stopped to change. */
    static Held settled(Held limit) throws IOException, InterruptedException {
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

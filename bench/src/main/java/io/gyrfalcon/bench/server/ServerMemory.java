package io.gyrfalcon.bench.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

import javax.management.JMException;
import javax.management.ObjectName;

/** The memory of this process, by kind. Stateless. */
final class ServerMemory {
    private static final int COLLECTIONS = 3;

    private ServerMemory() {}

    /**
     * Live heap after collections, direct buffer pools, resident set, and what native memory
     * tracking books under {@code Other} (buffers and arenas; 0 unless the JVM was started with
     * it), all in bytes, each as {@code name=bytes} after a space.
     */
    static String measure() {
        collect();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long direct = 0;
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct")) direct = pool.getMemoryUsed();
        }
        String summary = nativeSummary();
        return " heap="
                + heap
                + " direct="
                + direct
                + " other="
                + committed(summary, "Other (")
                + " total="
                + committed(summary, "Total:")
                + " resident="
                + residentBytes();
    }

    private static void collect() {
        for (int i = 0; i < COLLECTIONS; i++) System.gc();
    }

    private static String nativeSummary() {
        try {
            ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
            Object[] words = {new String[] {"summary", "scale=B"}};
            String[] types = {String[].class.getName()};
            return (String)
                    ManagementFactory.getPlatformMBeanServer()
                            .invoke(commands, "vmNativeMemory", words, types);
        } catch (JMException e) {
            throw new IllegalStateException("native memory summary: " + e, e);
        }
    }

    /** The committed bytes of the first line that has that label, or 0. */
    static long committed(String summary, String label) {
        int line = summary.indexOf(label);
        if (line < 0) return 0;
        int start = summary.indexOf("committed=", line) + "committed=".length();
        int end = start;
        while (end < summary.length() && Character.isDigit(summary.charAt(end))) end++;
        return Long.parseLong(summary, start, end, 10);
    }

    private static long residentBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (!line.startsWith("VmRSS:")) continue;
                String digits = line.substring("VmRSS:".length(), line.indexOf("kB")).trim();
                return Long.parseLong(digits) * 1024;
            }
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.gyrfalcon.primitives.memory;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How large the budget of this process is; the holder of {@link Budget#process()}. Any thread. */
final class ProcessBudget {
    private static final long BYTES_MIN = 32L << 20;
    private static final long WISH_MIN = 1L << 20;
    private static final String PROPERTY = "gyrfalcon.memory.max";
    private static final String MEMINFO_TOTAL = "MemTotal:";

    private static volatile @Nullable Budget budget;

    private ProcessBudget() {}

    /** Made when it is first asked for: not where the class is, which could not say what is bad. */
    static Budget get() {
        Budget known = budget;
        return known == null ? make() : known;
    }

    private static synchronized Budget make() {
        Budget known = budget;
        if (known != null) return known;
        Budget made = new Budget(bytesMax());
        budget = made;
        return made;
    }

    private static long bytesMax() {
        String wish = System.getProperty(PROPERTY);
        if (wish != null) return wished(wish);
        return bytesMax(containerBytes(Path.of("/")), Runtime.getRuntime().maxMemory());
    }

    /** The rule; {@code containerBytes} is 0 where nobody knows. */
    static long bytesMax(long containerBytes, long heapBytesMax) {
        if (containerBytes <= 0) return Math.max(BYTES_MIN, heapBytesMax / 2);
        long bytes = Math.min(containerBytes / 4, (containerBytes - heapBytesMax) / 2);
        // As the JDK bounds direct memory, which is how operators know it.
        return Math.max(BYTES_MIN, Math.min(bytes, heapBytesMax - heapBytesMax / 8));
    }

    /** What the property says. */
    static long wished(String text) {
        long bytes = parse(text);
        if (bytes < WISH_MIN) {
            throw new IllegalArgumentException(PROPERTY + ": " + text + " (expected: 1m or more)");
        }
        return bytes;
    }

    /** A number of bytes with an optional suffix k, m or g. */
    static long parse(String text) {
        int digits = text.length();
        int shift = 0;
        if (digits > 0) {
            shift =
                    switch (text.charAt(digits - 1)) {
                        case 'k', 'K' -> 10;
                        case 'm', 'M' -> 20;
                        case 'g', 'G' -> 30;
                        default -> 0;
                    };
        }
        long number = number(text, 0, shift == 0 ? digits : digits - 1);
        if (number < 1 || number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException(
                    PROPERTY + ": " + text + " (expected: bytes, such as 67108864, 65536k or 64m)");
        }
        return number << shift;
    }

    /** The smallest of what the control groups and the machine allow, or 0 if none is readable. */
    static long containerBytes(Path root) {
        long bytes = machineBytes(root.resolve("proc/meminfo"));
        bytes = lesser(bytes, groupBytes(root.resolve("sys/fs/cgroup/memory.max")));
        bytes =
                lesser(
                        bytes,
                        groupBytes(root.resolve("sys/fs/cgroup/memory/memory.limit_in_bytes")));
        String group = unifiedGroup(root.resolve("proc/self/cgroup"));
        if (group == null) return bytes;
        Path path = root.resolve("sys/fs/cgroup" + group);
        return lesser(bytes, groupBytes(path.resolve("memory.max")));
    }

    private static long lesser(long left, long right) {
        if (left <= 0) return right;
        if (right <= 0) return left;
        return Math.min(left, right);
    }

    private static long machineBytes(Path meminfo) {
        String text = read(meminfo);
        if (text == null) return 0;
        int start = text.indexOf(MEMINFO_TOTAL);
        if (start < 0) return 0;
        start += MEMINFO_TOTAL.length();
        while (start < text.length() && text.charAt(start) == ' ') start++;
        int end = start;
        while (end < text.length() && isDigit(text.charAt(end))) end++;
        return Math.max(0, number(text, start, end)) << 10;
    }

    private static long groupBytes(Path limit) {
        String text = read(limit);
        if (text == null) return 0;
        // The word "max" says that there is none.
        return Math.max(0, number(text, 0, text.length()));
    }

    /** The path of this process in the unified hierarchy: its line starts with {@code 0::}. */
    private static @Nullable String unifiedGroup(Path cgroup) {
        String text = read(cgroup);
        if (text == null) return null;
        int start = text.indexOf("0::/");
        if (start < 0) return null;
        int end = text.indexOf('\n', start);
        return text.substring(start + 3, end < 0 ? text.length() : end);
    }

    /** The number in a part of a text, or -1 if it is none that fits. */
    private static long number(String text, int start, int end) {
        if (start >= end) return -1;
        long number = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (!isDigit(c) || number > Long.MAX_VALUE / 10 - 9) return -1;
            number = number * 10 + (c - '0');
        }
        return number;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static @Nullable String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException | SecurityException e) {
            return null;
        }
    }
}

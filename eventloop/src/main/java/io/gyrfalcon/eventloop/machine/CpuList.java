package io.gyrfalcon.eventloop.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Lists of CPUs as Linux writes them, such as {@code 0-3,8}. Stateless. */
public final class CpuList {
    /** The highest number of a CPU that we can name. */
    public static final int CPU_MAX = 8191;

    private CpuList() {}

    /**
     * The CPUs of a list, each once, ascending; none for an empty text.
     *
     * @throws IllegalArgumentException when it is no such list
     */
    public static List<Integer> parse(String text) {
        TreeSet<Integer> cpus = new TreeSet<>();
        for (String part : text.isBlank() ? new String[0] : text.strip().split(",", -1)) {
            int dash = part.indexOf('-');
            int first = number(dash < 0 ? part : part.substring(0, dash));
            int last = dash < 0 ? first : number(part.substring(dash + 1));
            if (first < 0 || last < first || last > CPU_MAX) {
                throw new IllegalArgumentException(text + " (expected: CPUs such as 0-3,8)");
            }
            for (int cpu = first; cpu <= last; cpu++) cpus.add(cpu);
        }
        return List.copyOf(cpus);
    }

    /** The shortest list of these CPUs, which are ascending. */
    public static String text(List<Integer> cpus) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < cpus.size(); ) {
            int end = i + 1;
            while (end < cpus.size() && cpus.get(end) == cpus.get(end - 1) + 1) end++;
            String first = cpus.get(i).toString();
            parts.add(end - i == 1 ? first : first + "-" + cpus.get(end - 1));
            i = end;
        }
        return String.join(",", parts);
    }

    /** A number of up to nine digits, or -1 when the text is none. */
    static int number(String text) {
        if (text.isEmpty() || text.length() > 9) return -1;
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') return -1;
            number = number * 10 + (c - '0');
        }
        return number;
    }
}

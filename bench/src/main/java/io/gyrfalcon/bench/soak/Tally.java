package io.gyrfalcon.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What a mixed run did, by name, and what went wrong. Any thread. */
public final class Tally {
    private static final int FAILURES_KEPT = 20;

    private final ConcurrentHashMap<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final List<String> failures = new ArrayList<>();

    void count(String name) {
        counts.computeIfAbsent(name, ignored -> new LongAdder()).increment();
    }

    void fail(String what, Throwable cause) {
        count("failures");
        synchronized (failures) {
            if (failures.size() < FAILURES_KEPT) failures.add(what + ": " + cause);
        }
    }

    /** How often each thing was done. */
    public Map<String, Long> counts() {
        TreeMap<String, Long> sums = new TreeMap<>();
        counts.forEach((name, sum) -> sums.put(name, sum.sum()));
        return sums;
    }

    /** The first failures, in words; empty when nothing failed. */
    public List<String> failures() {
        synchronized (failures) {
            return List.copyOf(failures);
        }
    }
}

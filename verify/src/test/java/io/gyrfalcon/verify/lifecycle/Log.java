package io.gyrfalcon.verify.lifecycle;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What happened, in order. Any thread. */
final class Log {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(40);
    private final List<String> events = new ArrayList<>();

    synchronized void add(String event) {
        events.add(event);
        notifyAll();
    }

    /** What {@code action} throws becomes an event. */
    void trying(String name, Runnable action) {
        try {
            action.run();
            add(name + " ok");
        } catch (RuntimeException | AssertionError e) {
            add(name + " threw " + e);
        }
    }

    /** Waits until an event begins with this. */
    synchronized void await(String prefix) {
        await(prefix, 1);
    }

    /** Waits until so many events begin with this. */
    synchronized void await(String prefix, int times) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (events.stream().filter(e -> e.startsWith(prefix)).count() < times) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                add("NEVER SAW " + prefix);
                return;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    synchronized boolean has(String prefix) {
        return events.stream().anyMatch(e -> e.startsWith(prefix));
    }

    synchronized List<String> events() {
        return new ArrayList<>(events);
    }
}

package io.gyrfalcon.verify.judged;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Time since it was made, less what the machine did not run us: a thread that sleeps for a moment
 * again and again knows how much later than that it woke up. Any thread.
 */
final class Stopwatch implements AutoCloseable {
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final long startNanos = System.nanoTime();
    private final AtomicLong stolenNanos = new AtomicLong();
    private final Thread sleeper = Thread.ofPlatform().daemon().start(this::sleep);

    private void sleep() {
        long before = System.nanoTime();
        while (!Thread.interrupted()) {
            try {
                TimeUnit.NANOSECONDS.sleep(MOMENT_NANOS);
            } catch (InterruptedException end) {
                return;
            }
            long now = System.nanoTime();
            stolenNanos.addAndGet(Math.max(0, now - before - 2 * MOMENT_NANOS));
            before = now;
        }
    }

    long millis() {
        long nanos = System.nanoTime() - startNanos - stolenNanos.get();
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    @Override
    public void close() {
        sleeper.interrupt();
    }
}

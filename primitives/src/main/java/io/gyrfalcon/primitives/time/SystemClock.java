package io.gyrfalcon.primitives.time;

/** The only place that reads the machine's monotonic time. */
final class SystemClock implements Clock {
    static final SystemClock INSTANCE = new SystemClock();

    private SystemClock() {}

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}

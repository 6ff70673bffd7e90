package io.gyrfalcon.bench.server;

/** Takes its time to be initialized; {@link BlockingWays} defines it anew. */
final class SlowClass {
    static {
        try {
            Thread.sleep(BlockingWays.LATE_MILLIS);
        } catch (InterruptedException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private SlowClass() {}
}

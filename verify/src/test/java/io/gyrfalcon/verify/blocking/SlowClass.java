package io.gyrfalcon.verify.blocking;

/** Takes its time to be initialized; defined anew for each round. */
final class SlowClass {
    static {
        try {
            Thread.sleep(Scene.MILLIS);
        } catch (InterruptedException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private SlowClass() {}
}

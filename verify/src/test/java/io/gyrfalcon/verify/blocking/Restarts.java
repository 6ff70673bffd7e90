package io.gyrfalcon.verify.blocking;

import java.util.concurrent.TimeUnit;

/** A process that starts and stops servers, and what it holds afterwards. Owned by its thread. */
final class Restarts {
    private static final int WARM_CYCLES = 20;

    private Restarts() {}

    /** Ends with 0 if nothing has leaked; the arguments are a poller and a number of cycles. */
    public static void main(String[] arguments) throws Exception {
        String poller = arguments[0];
        int cycles = Integer.parseInt(arguments[1]);
        play(poller, WARM_CYCLES);
        Held before = Held.settled(null);
        long start = System.nanoTime();
        play(poller, cycles);
        long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        Held after = Held.settled(before);
        System.out.printf(
                "%d cycles in %d ms: before %s, after %s%n", cycles, tookMillis, before, after);
        if (!after.isWithin(before)) throw new AssertionError("leaked: " + after);
        System.out.println("well.");
        System.exit(0);
    }

    /** Every tenth server loses its loop to a handler. */
    private static void play(String poller, int cycles) throws Exception {
        for (int i = 0; i < cycles; i++) {
            if (i % 10 == 0) Servers.callOnceHoldingTheLoop(poller);
            else Servers.callOnce(poller);
        }
    }
}

package io.gyrfalcon.bench.soak;

import io.gyrfalcon.bench.Arguments;

import java.util.concurrent.TimeUnit;

/**
 * The mixed run as a process. Options: {@code --port}, {@code --seconds}, {@code --seed}, {@code
 * --blocking} (how many handlers of unary calls in a hundred block).
 */
public final class Soak {
    private Soak() {}

    /** Plays, then says {@code failure ...} for the first failures and {@code played ...}. */
    public static void main(String[] words) throws InterruptedException {
        Arguments arguments = new Arguments(words);
        int seconds = arguments.number("--seconds", 20, 1, 3_600);
        int seed = arguments.number("--seed", 1, 0, Integer.MAX_VALUE);
        int blocking = arguments.number("--blocking", 0, 0, 100);
        MixedLoad load = new MixedLoad(arguments.number("--port", 0, 1, 65_535), seed, blocking);
        Tally tally = load.run(TimeUnit.SECONDS.toMillis(seconds));
        for (String failure : tally.failures()) {
            System.out.println("failure " + failure.replace('\n', ' '));
        }
        StringBuilder line = new StringBuilder("played");
        tally.counts()
                .forEach((name, sum) -> line.append(' ').append(name).append('=').append(sum));
        System.out.println(line);
    }
}

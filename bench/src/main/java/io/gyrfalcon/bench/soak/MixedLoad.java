package io.gyrfalcon.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Calls of every kind against one server for a while, some cancelled, some reset, some on
 * connections that break. A run starts its own threads, one a player, and ends them before it
 * returns. The server must serve {@code MixedService} on the loopback address.
 */
public final class MixedLoad {
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long GRACE_MILLIS = TimeUnit.SECONDS.toMillis(90);

    private final int port;
    private final long seed;
    private final int blockingPercent;
    private final Tally tally = new Tally();

    /** Against the server on that port; the same seed draws the same calls for each player. */
    public MixedLoad(int port, long seed) {
        this(port, seed, 0);
    }

    /** As before; the handlers of so many unary calls in a hundred block. */
    public MixedLoad(int port, long seed, int blockingPercent) {
        this.port = port;
        this.seed = seed;
        this.blockingPercent = blockingPercent;
    }

    /** Plays for that many milliseconds; when it returns, every connection has been closed. */
    public Tally run(long millis) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        SplittableRandom random = new SplittableRandom(seed);
        List<Thread> threads = new ArrayList<>();
        for (Player player : players()) {
            SplittableRandom own = random.split();
            threads.add(
                    Thread.ofPlatform()
                            .name("mixed-" + player.getClass().getSimpleName())
                            .daemon()
                            .start(() -> play(player, own, endNanos)));
        }
        for (Thread thread : threads) {
            thread.join(millis + GRACE_MILLIS);
            if (thread.isAlive()) {
                thread.interrupt();
                tally.fail(thread.getName(), new IllegalStateException("did not end"));
            }
        }
        return tally;
    }

    private List<Player> players() {
        return List.of(
                new UnaryPlayer(port, blockingPercent),
                new UnaryPlayer(port, blockingPercent),
                new StreamPlayer(port),
                new StreamPlayer(port),
                new CancelPlayer(port),
                new RawPlayer(port));
    }

    private void play(Player player, SplittableRandom random, long endNanos) {
        String name = player.getClass().getSimpleName();
        while (System.nanoTime() - endNanos < 0 && !Thread.currentThread().isInterrupted()) {
            try {
                player.play(random, tally);
            } catch (Exception e) {
                tally.fail(name, e);
            }
        }
        try {
            player.leave(tally);
        } catch (InterruptedException | RuntimeException e) {
            tally.fail(name + " leaving", e);
        }
    }

    /**
     * Waits until every count is zero; what is still held after 15 seconds, by name: empty is good.
     */
    public static Map<String, Long> awaitNothing(Supplier<Map<String, Long>> outstanding)
            throws InterruptedException {
        long limitNanos = System.nanoTime() + SETTLE_NANOS;
        while (true) {
            Map<String, Long> held = new TreeMap<>(outstanding.get());
            held.values().removeIf(count -> count == 0);
            if (held.isEmpty() || System.nanoTime() - limitNanos > 0) return held;
            Thread.sleep(50);
        }
    }
}

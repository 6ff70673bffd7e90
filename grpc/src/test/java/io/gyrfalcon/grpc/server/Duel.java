package io.gyrfalcon.grpc.server;

import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Two real threads that do their parts of a round at the same time, again and again: as often as
 * was asked, or, where each meeting waits for a core, for ten seconds.
 */
final class Duel {
    /** One thread's part of a round; it begins when the other does, give or take a draw. */
    interface Part {
        void play(int round) throws Exception;
    }

    /** What is looked at, or made anew, between rounds. */
    interface Between {
        void round(int round);
    }

    private static final int SPINS_MAX = 200;
    private static final long SECONDS = 60;
    private static final long SECONDS_OF_PLAY = 10;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final long overNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_OF_PLAY);
    private final CyclicBarrier start = new CyclicBarrier(2);
    private final CyclicBarrier end = new CyclicBarrier(2, this::endRound);
    private final SplittableRandom random;
    private final Between between;
    private final int rounds;

    /** Written between rounds, when both threads wait. */
    private int made;

    private boolean isOver;

    private Duel(long seed, int rounds, Between between) {
        random = new SplittableRandom(seed);
        this.rounds = rounds;
        this.between = between;
    }

    /**
     * Plays so many rounds at most; {@code between} is called before the first and after each. How
     * many were played.
     */
    static int play(int rounds, Between between, Part first, Part second) throws Exception {
        long seed = System.nanoTime();
        Duel duel = new Duel(seed, rounds, between);
        between.round(0);
        Thread other = duel.thread("second", second);
        Thread own = duel.thread("first", first);
        own.join(TimeUnit.SECONDS.toMillis(2 * SECONDS));
        other.join(TimeUnit.SECONDS.toMillis(2 * SECONDS));
        Throwable cause = duel.failure.get();
        if (cause != null) throw new AssertionError("seed " + seed + ": " + cause, cause);
        if (own.isAlive() || other.isAlive()) throw new AssertionError("stuck, seed " + seed);
        System.out.println("duel of " + duel.made + " rounds, seed " + seed);
        return duel.made;
    }

    private void endRound() {
        between.round(++made);
        isOver = made == rounds || System.nanoTime() - overNanos > 0;
    }

    private Thread thread(String name, Part part) {
        SplittableRandom own = random.split();
        return Thread.ofPlatform().name(name).daemon().start(() -> playAll(part, own));
    }

    private void playAll(Part part, SplittableRandom own) {
        try {
            for (int round = 0; !isOver; round++) {
                start.await(SECONDS, TimeUnit.SECONDS);
                for (int i = own.nextInt(SPINS_MAX); i > 0; i--) Thread.onSpinWait();
                part.play(round);
                end.await(SECONDS, TimeUnit.SECONDS);
            }
        } catch (BrokenBarrierException theOtherHasFailed) {
            return;
        } catch (Throwable t) {
            failure.compareAndSet(null, t);
            start.reset();
            end.reset();
        }
    }
}

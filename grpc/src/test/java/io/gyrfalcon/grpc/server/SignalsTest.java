package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Signals between two real threads: the loop's and the lane's. */
final class SignalsTest {
    private static final int ROUNDS = 20_000;

    private Signals signals;
    private boolean isRunningAgain;
    private boolean hasSeen;

    private static final class Bits extends Signals {
        Bits() {
            share();
        }
    }

    /** A lane that has taken what there was and is about to rest. */
    private void restlessLane(int round) {
        signals = new Bits();
        signals.raise(Signals.BEGIN);
        signals.take();
        isRunningAgain = false;
        hasSeen = false;
    }

    private void assertToldOnce(int bit) throws Exception {
        int[] told = {0, 0};
        Duel.play(
                ROUNDS,
                round -> {
                    if (round > 0) {
                        assertThat(isRunningAgain).as("round %d", round).isNotEqualTo(hasSeen);
                        told[hasSeen ? 1 : 0]++;
                    }
                    restlessLane(round);
                },
                round -> isRunningAgain = signals.raise(bit),
                round -> {
                    if (signals.rest()) return;
                    signals.take();
                    hasSeen = signals.knows(bit);
                });
        System.out.println("told anew " + told[0] + ", seen before the rest " + told[1]);
    }

    @Test
    void aMessageToldWhileTheLaneComesToRestIsSeenOrRunsItAgain() throws Exception {
        assertToldOnce(Signals.MESSAGES);
    }

    @Test
    void aCancellationToldWhileTheLaneComesToRestIsSeenOrRunsItAgain() throws Exception {
        assertToldOnce(Signals.CANCELLED);
    }

    @Test
    void aLookLearnsOnceWhatLastsAndLeavesTheRestToTake() {
        Signals told = new Bits();
        told.raise(Signals.BEGIN);
        told.take();
        assertThat(told.knows(Signals.BEGIN)).isTrue();
        assertThat(told.learns()).isFalse();
        assertThat(told.knows(Signals.BEGIN)).isFalse();
        told.raise(Signals.MESSAGES | Signals.COMPLETED);
        assertThat(told.learns()).isTrue();
        assertThat(told.knows(Signals.COMPLETED)).isTrue();
        assertThat(told.knows(Signals.MESSAGES)).isFalse();
        assertThat(told.learns()).isFalse();
        assertThat(told.rest()).isFalse();
        told.take();
        assertThat(told.knows(Signals.MESSAGES)).isTrue();
        assertThat(told.rest()).isTrue();
    }

    @Test
    void creditThatComesWhileTheLaneStarvesIsSeenByOneOfTheTwo() throws Exception {
        boolean[] isSeen = new boolean[2];
        Duel.play(
                ROUNDS,
                round -> {
                    if (round > 0)
                        assertThat(isSeen[0] || isSeen[1]).as("round %d", round).isTrue();
                    restlessLane(round);
                },
                round -> {
                    signals.addRequested(1, 0);
                    isSeen[0] = signals.has(Signals.STARVED);
                },
                round -> {
                    signals.markBeforeLook(Signals.STARVED);
                    isSeen[1] = signals.isAsked(0);
                });
    }

    @Test
    void creditOfSeveralThreadsAddsUpAndMuchIsWithoutEnd() throws Exception {
        signals = new Bits();
        Duel.Part part = round -> signals.addRequested(3, 0);
        int rounds = Duel.play(ROUNDS, round -> {}, part, part);
        assertThat(signals.ahead(6 * rounds)).isZero();
        Duel.Part most = round -> signals.addRequested(Integer.MAX_VALUE, 0);
        Duel.play(2, round -> {}, most, most);
        assertThat(signals.isAsked(Integer.MAX_VALUE)).isTrue();
        assertThat(signals.isAsked(Integer.MIN_VALUE)).isTrue();
    }

    @Test
    void creditIsExactHoweverManyMessagesHaveCome() {
        signals = new Bits();
        int step = 1 << 28;
        int given = 0;
        for (int i = 0; i < 64; i++) {
            signals.addRequested(step, given);
            signals.addRequested(2, given);
            given += step;
            assertThat(signals.ahead(given)).isEqualTo(-2);
            given++;
            assertThat(signals.isAsked(given)).isTrue();
            given++;
            assertThat(signals.isAsked(given)).isFalse();
            assertThat(signals.ahead(given + 5)).isEqualTo(5);
        }
    }

    @Test
    void creditThatIsNotUsedUpIsWithoutEndAtLast() {
        signals = new Bits();
        for (int i = 0; i < 5; i++) signals.addRequested(1 << 28, 0);
        assertThat(signals.isAsked(Integer.MAX_VALUE)).isTrue();
    }

    /** The lane is any thread of a pool, one at a time; plain fields pass from one to the next. */
    @Test
    void theLaneRunsOnceAtATimeAndSeesTheLastThatWasTold() throws Exception {
        Signals bits = new Bits();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger together = new AtomicInteger();
        int[] told = new int[1];
        int[] seen = new int[1];
        Runnable lane =
                () -> {
                    if (running.incrementAndGet() > 1) together.incrementAndGet();
                    do {
                        bits.take();
                        if (bits.knows(Signals.MESSAGES)) seen[0] = told[0];
                    } while (!restLeaving(bits, running));
                };
        try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
            for (int i = 1; i <= 200_000; i++) {
                told[0] = i;
                if (bits.raise(Signals.MESSAGES)) pool.execute(lane);
            }
            pool.shutdown();
            assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(seen[0]).isEqualTo(200_000);
        assertThat(together).hasValue(0);
    }

    /** Once it rests the next one may run, so who counts lanes says before that it leaves. */
    private static boolean restLeaving(Signals bits, AtomicInteger running) {
        running.decrementAndGet();
        if (bits.rest()) return true;
        running.incrementAndGet();
        return false;
    }
}

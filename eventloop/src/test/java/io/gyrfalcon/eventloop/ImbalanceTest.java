package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Random;

/** The decision alone. */
class ImbalanceTest {
    private static int taker(int giver, int... loads) {
        return Imbalance.taker(loads, new int[loads.length], giver);
    }

    private static int takerNear(int giver, int... loads) {
        return Imbalance.taker(loads, new int[] {0, 0, 1, 1}, giver);
    }

    @Test
    void aLoopOfTheSameNodeTakesThoughAFarOneHasLess() {
        assertThat(takerNear(0, 900, 500, 0, 0)).isEqualTo(1);
        assertThat(takerNear(3, 0, 0, 500, 900)).isEqualTo(2);
    }

    @Test
    void theBusiestOfANodeGivesThoughAFarOneHasMore() {
        assertThat(takerNear(0, 700, 300, 900, 900)).isEqualTo(1);
    }

    @Test
    void aFarLoopTakesWhereNoNearOneHelpsForTwiceTheDifference() {
        assertThat(takerNear(0, 900, 800, 500, 500)).isEqualTo(2);
        assertThat(takerNear(0, 900, 800, 501, 600)).isEqualTo(Imbalance.NONE);
        assertThat(takerNear(0, 900, Imbalance.UNKNOWN, 700, 100)).isEqualTo(3);
    }

    @Test
    void onlyTheBusiestOfAllGivesToAFarLoop() {
        assertThat(takerNear(0, 800, 800, 900, 100)).isEqualTo(Imbalance.NONE);
        assertThat(takerNear(1, 800, 900, 0, 0)).isEqualTo(2);
    }

    @Test
    void theBusiestGivesToTheIdlest() {
        assertThat(taker(1, 500, 900, 100, 300)).isEqualTo(2);
    }

    @Test
    void nobodyElseGives() {
        assertThat(taker(0, 500, 900, 100)).isEqualTo(Imbalance.NONE);
        assertThat(taker(2, 500, 900, 100)).isEqualTo(Imbalance.NONE);
    }

    @Test
    void ofEqualsTheFirstGivesAndTheFirstTakes() {
        assertThat(taker(0, 900, 100, 900, 100)).isEqualTo(1);
        assertThat(taker(2, 900, 100, 900, 100)).isEqualTo(Imbalance.NONE);
    }

    @Test
    void aFifthOfACpuIsWorthItAndLessIsNot() {
        assertThat(taker(0, 700, 500)).isEqualTo(1);
        assertThat(taker(0, 699, 500)).isEqualTo(Imbalance.NONE);
        assertThat(taker(0, 0, 0)).isEqualTo(Imbalance.NONE);
    }

    @Test
    void aLoopOfWhichNothingIsKnownNeitherGivesNorTakes() {
        assertThat(taker(0, 900, Imbalance.UNKNOWN, 600)).isEqualTo(2);
        assertThat(taker(1, 900, Imbalance.UNKNOWN)).isEqualTo(Imbalance.NONE);
        assertThat(taker(0, 900, Imbalance.UNKNOWN)).isEqualTo(Imbalance.NONE);
        assertThat(taker(0, Imbalance.UNKNOWN, Imbalance.UNKNOWN)).isEqualTo(Imbalance.NONE);
    }

    @Test
    void whatIsFitLeavesASmallerDifference() {
        assertThat(Imbalance.isFit(1000, 500)).isTrue();
        assertThat(Imbalance.isFit(1000, 700)).isTrue();
        assertThat(Imbalance.isFit(1000, 701)).isFalse();
        assertThat(Imbalance.isFit(1000, 10)).isTrue();
        assertThat(Imbalance.isFit(1000, 9)).isFalse();
    }

    @Test
    void halfOfTheDifferenceIsTheBestFit() {
        assertThat(Imbalance.isBetter(1000, 500, 400)).isTrue();
        assertThat(Imbalance.isBetter(1000, 450, 600)).isTrue();
        assertThat(Imbalance.isBetter(1000, 600, 450)).isFalse();
        assertThat(Imbalance.isBetter(1000, 450, 550)).isFalse();
    }

    @Test
    void aLoneBusyConnectionStays() {
        assertThat(Imbalance.isFit(1000, 1000)).isFalse();
    }

    @Test
    void oneOfThreeBesideNoneGoesAndOneOfTwoBesideOneStays() {
        assertThat(Imbalance.isFit(3000, 1000)).isTrue();
        assertThat(Imbalance.isFit(1000, 1000)).isFalse();
    }

    /** Four points of a hundred, either way, on every figure that the decision sees. */
    @Test
    void noMoveIsTakenBackForWantOfPrecision() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int fit = 0;
        for (int i = 0; i < 200_000; i++) {
            int share = 10 + random.nextInt(5000);
            int giver = share + random.nextInt(5000);
            int taker = random.nextInt(5000);
            int difference = blurred(giver, random) - blurred(taker, random);
            if (difference < 200 || !Imbalance.isFit(difference, blurred(share, random))) continue;
            fit++;
            int back = blurred(taker + share, random) - blurred(giver - share, random);
            boolean isTakenBack = back >= 200 && Imbalance.isFit(back, blurred(share, random));
            // Where the loads are large beside the share, their error is as large as the share.
            if (giver + taker > 5 * share) continue;
            assertThat(isTakenBack)
                    .as("seed %d: %d of %d beside %d", seed, share, giver, taker)
                    .isFalse();
        }
        assertThat(fit).isGreaterThan(1000);
    }

    private static int blurred(int value, Random random) {
        return value + (int) (value * (random.nextDouble() - 0.5) * 0.08);
    }
}

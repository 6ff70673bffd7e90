package io.gyrfalcon.http2.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BudgetsTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void theResetBucketHoldsItsSizeAndOneMoreIsTooMuch() {
        ResetBudget budget = new ResetBudget(3, 0, 1, 0);
        for (int i = 0; i < 3; i++) assertThat(budget.take(0)).isTrue();
        assertThat(budget.take(100 * SECOND)).isFalse();
    }

    @Test
    void timeRefillsTheResetBucketUpToItsSize() {
        ResetBudget budget = new ResetBudget(3, SECOND / 2, 1, 0);
        for (int i = 0; i < 3; i++) assertThat(budget.take(0)).isTrue();
        assertThat(budget.take(SECOND / 4)).isFalse();
        assertThat(budget.take(SECOND / 2)).isTrue();
        assertThat(budget.take(SECOND / 2)).isFalse();
        for (int i = 0; i < 3; i++) assertThat(budget.take(60 * SECOND)).isTrue();
        assertThat(budget.take(60 * SECOND)).isFalse();
    }

    @Test
    void aResetBucketThatWasFullForLongHoldsNoMoreThanItsSize() {
        ResetBudget budget = new ResetBudget(3, SECOND / 2, 1, 0);
        for (int i = 0; i < 3; i++) assertThat(budget.take(60 * SECOND)).isTrue();
        assertThat(budget.take(60 * SECOND)).isFalse();
        for (int i = 0; i < 2; i++) assertThat(budget.take(61 * SECOND)).isTrue();
        assertThat(budget.take(61 * SECOND)).isFalse();
    }

    @Test
    void aResetBucketThatCallsHaveFilledEarnsNothingBeside() {
        ResetBudget budget = new ResetBudget(3, SECOND / 2, 3, 0);
        assertThat(budget.take(0)).isTrue();
        budget.onCallEnded();
        for (int i = 0; i < 3; i++) assertThat(budget.take(60 * SECOND)).isTrue();
        assertThat(budget.take(60 * SECOND)).isFalse();
    }

    @Test
    void takingOftenLosesNothingOfWhatTimeRefills() {
        ResetBudget budget = new ResetBudget(2, SECOND / 3, 1, 0);
        for (int i = 0; i < 2; i++) assertThat(budget.take(0)).isTrue();
        int taken = 0;
        for (int i = 1; i <= 100; i++) {
            if (budget.take(i * SECOND / 10)) taken++;
        }
        assertThat(taken).isEqualTo(30);
    }

    @Test
    void theLargestResetBucketDoesNotOverflow() {
        int max = Integer.MAX_VALUE;
        ResetBudget budget = new ResetBudget(max, 1, 1, -SECOND);
        assertThat(budget.take(0)).isTrue();
        assertThat(budget.take(Long.MAX_VALUE - SECOND)).isTrue();
        ResetBudget slow = new ResetBudget(max, Long.MAX_VALUE, 1, 0);
        for (int i = 0; i < 10; i++) assertThat(slow.take(i * (max / 10) * SECOND)).isTrue();
    }

    @Test
    void aWholeCallRefillsTheResetBucket() {
        ResetBudget budget = new ResetBudget(5, 0, 4, 0);
        budget.onCallEnded();
        for (int i = 0; i < 5; i++) assertThat(budget.take(0)).isTrue();
        budget.onCallEnded();
        for (int i = 0; i < 4; i++) assertThat(budget.take(0)).isTrue();
        assertThat(budget.take(0)).isFalse();
    }

    @Test
    void repliesPauseReadingAndThenEndTheConnection() {
        ReplyBudget budget = new ReplyBudget(2, 4);
        budget.onReply();
        assertThat(budget.isPaused()).isFalse();
        budget.onReply();
        assertThat(budget.isPaused()).isTrue();
        budget.onReply();
        assertThat(budget.isExceeded()).isFalse();
        budget.onReply();
        assertThat(budget.isExceeded()).isTrue();
        budget.onLeft(0);
        assertThat(budget.isPaused()).isFalse();
    }

    @Test
    void repliesThatAreTakenDoNotCountThoughOthersAreLeft() {
        ReplyBudget budget = new ReplyBudget(2, 4);
        for (int i = 0; i < 4; i++) budget.onReply();
        budget.onLeft(4 * 9);
        assertThat(budget.isExceeded()).isTrue();
        budget.onLeft(4 * 9 - 1);
        assertThat(budget.isExceeded()).isFalse();
        assertThat(budget.isPaused()).isTrue();
        budget.onLeft(2 * 9 - 1);
        assertThat(budget.isPaused()).isFalse();
    }

    @Test
    void readingPausesAtTheLatestWhereTheConnectionWouldEnd() {
        ReplyBudget budget = new ReplyBudget(9, 1);
        budget.onReply();
        assertThat(budget.isPaused()).isTrue();
    }

    @Test
    void framesWithoutProgressAreCountedInARow() {
        ProgressBudget budget = new ProgressBudget(2);
        assertThat(budget.onEmpty()).isTrue();
        assertThat(budget.onEmpty()).isTrue();
        budget.onProgress();
        assertThat(budget.onEmpty()).isTrue();
        assertThat(budget.onEmpty()).isTrue();
        assertThat(budget.onEmpty()).isFalse();
    }

    @Test
    void eachDataFrameSentIsGoodForTwoWindowUpdates() {
        ProgressBudget budget = new ProgressBudget(2);
        budget.onDataSent();
        budget.onDataSent();
        budget.onProgress();
        for (int i = 0; i < 4 + 2; i++) assertThat(budget.onWindowUpdate()).isTrue();
        assertThat(budget.onWindowUpdate()).isFalse();
        budget.onDataSent();
        assertThat(budget.onEmpty()).isTrue();
        assertThat(budget.onEmpty()).isTrue();
        assertThat(budget.onWindowUpdate()).isTrue();
        assertThat(budget.onEmpty()).isFalse();
    }

    @Test
    void windowUpdatesAreNotSavedUpForEver() {
        ProgressBudget budget = new ProgressBudget(0);
        for (int i = 0; i < 1 << 20; i++) budget.onDataSent();
        for (int i = 0; i < 1 << 20; i++) assertThat(budget.onWindowUpdate()).isTrue();
        assertThat(budget.onWindowUpdate()).isFalse();
    }

    @Test
    void theThirdPingThatComesTooEarlyIsTooMuch() {
        PingBudget budget = new PingBudget(10 * SECOND, false);
        assertThat(budget.accept(0, true)).isTrue();
        assertThat(budget.accept(10 * SECOND, true)).isTrue();
        assertThat(budget.accept(20 * SECOND - 1, true)).isTrue();
        assertThat(budget.accept(20 * SECOND - 1, true)).isTrue();
        assertThat(budget.accept(20 * SECOND - 1, true)).isFalse();
    }

    @Test
    void withoutCallsTwoHoursHoldUnlessPermitted() {
        PingBudget strict = new PingBudget(10 * SECOND, false);
        assertThat(strict.accept(0, false)).isTrue();
        assertThat(strict.accept(7_200 * SECOND, false)).isTrue();
        assertThat(strict.accept(7_300 * SECOND, false)).isTrue();
        assertThat(strict.accept(7_400 * SECOND, false)).isTrue();
        assertThat(strict.accept(7_500 * SECOND, false)).isFalse();

        PingBudget permitted = new PingBudget(10 * SECOND, true);
        for (int i = 0; i < 10; i++) {
            assertThat(permitted.accept(i * 10 * SECOND, false)).isTrue();
        }
    }

    @Test
    void whatWeSendForgivesStrikes() {
        PingBudget budget = new PingBudget(10 * SECOND, false);
        for (int i = 0; i < 20; i++) {
            assertThat(budget.accept(0, true)).isTrue();
            assertThat(budget.accept(0, true)).isTrue();
            budget.onSent();
        }
    }
}

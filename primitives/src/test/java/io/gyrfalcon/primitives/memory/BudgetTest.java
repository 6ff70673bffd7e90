package io.gyrfalcon.primitives.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BudgetTest {
    @Test
    void reservesUpToItsMaximumAndNotOneByteMore() {
        Budget budget = new Budget(100);
        assertThat(budget.tryReserve(100)).isTrue();
        assertThat(budget.tryReserve(1)).isFalse();
        assertThat(budget.tryReserve(0)).isTrue();
        assertThat(budget.usedBytes()).isEqualTo(100);
        budget.release(1);
        assertThat(budget.tryReserve(2)).isFalse();
        assertThat(budget.tryReserve(1)).isTrue();
        assertThat(budget.bytesMax()).isEqualTo(100);
    }

    @Test
    void aReservationLargerThanAnythingDoesNotWrap() {
        Budget budget = new Budget(Long.MAX_VALUE);
        assertThat(budget.tryReserve(10)).isTrue();
        assertThat(budget.tryReserve(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void isTightFromNinetyFivePerCent() {
        Budget budget = new Budget(1000);
        budget.tryReserve(949);
        assertThat(budget.isTight()).isFalse();
        budget.tryReserve(1);
        assertThat(budget.isTight()).isTrue();
    }

    @Test
    void moreReleasedThanReservedIsFoundOut() {
        Budget budget = new Budget(10);
        assertThatThrownBy(() -> budget.release(1)).isInstanceOf(AssertionError.class);
    }

    @Test
    void nothingIsNoMaximum() {
        assertThatThrownBy(() -> new Budget(0)).hasMessage("bytesMax: 0 (expected: >= 1)");
    }

    @Test
    void theProcessHasOneBudget() {
        assertThat(Budget.process()).isSameAs(Budget.process());
        assertThat(Budget.process().bytesMax()).isGreaterThanOrEqualTo(32L << 20);
    }
}

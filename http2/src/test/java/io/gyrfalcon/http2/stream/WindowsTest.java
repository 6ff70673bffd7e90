package io.gyrfalcon.http2.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowsTest {
    @Test
    void section6_9_aWindowGivesAllItHasAndNotOneByteMore() {
        FlowWindow window = new FlowWindow(10);
        assertThat(window.take(11)).isFalse();
        assertThat(window.bytes()).isEqualTo(10);
        assertThat(window.take(10)).isTrue();
        assertThat(window.take(1)).isFalse();
        assertThat(window.take(0)).isTrue();
    }

    @Test
    void section6_9_1_aWindowDoesNotPassTheLargestOne() {
        FlowWindow window = new FlowWindow(1);
        assertThat(window.add(FlowWindow.BYTES_MAX - 1)).isTrue();
        assertThat(window.add(1)).isFalse();
        assertThat(window.bytes()).isEqualTo(FlowWindow.BYTES_MAX);
    }

    @Test
    void section6_9_2_aWindowMayBecomeNegativeAndAcceptsEmptyFramesThen() {
        FlowWindow window = new FlowWindow(10);
        assertThat(window.add(-30)).isTrue();
        assertThat(window.bytes()).isEqualTo(-20);
        assertThat(window.take(0)).isTrue();
        assertThat(window.take(1)).isFalse();
        assertThat(window.add(Integer.MIN_VALUE)).isTrue();
        assertThat(window.bytes()).isEqualTo(Integer.MIN_VALUE);
    }

    @Test
    void creditIsGivenInLumpsOfHalfTheWindow() {
        CreditWindow credit = new CreditWindow(100);
        assertThat(credit.take(60)).isTrue();
        credit.owe(49);
        assertThat(credit.isDue()).isFalse();
        credit.owe(1);
        assertThat(credit.isDue()).isTrue();
        assertThat(credit.give()).isEqualTo(50);
        assertThat(credit.bytes()).isEqualTo(90);
        assertThat(credit.owed()).isZero();
    }

    @Test
    void creditOfAWindowOfOneByteIsGivenAtOnce() {
        CreditWindow credit = new CreditWindow(1);
        assertThat(credit.isDue()).isFalse();
        assertThat(credit.take(1)).isTrue();
        credit.owe(1);
        assertThat(credit.isDue()).isTrue();
    }

    @Test
    void aWindowGrowsWithinBounds() {
        CreditWindow credit = new CreditWindow(100);
        credit.grow(50);
        assertThat(credit.size()).isEqualTo(150);
        credit.grow(Integer.MAX_VALUE);
        assertThat(credit.size()).isEqualTo(150);
        credit.recycle(7);
        assertThat(credit.bytes()).isEqualTo(7);
    }
}

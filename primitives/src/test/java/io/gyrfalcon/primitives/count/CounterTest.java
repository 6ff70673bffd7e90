package io.gyrfalcon.primitives.count;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CounterTest {
    @Test
    void countsUpAndDown() {
        Counter counter = new Counter();
        counter.increment();
        counter.add(10);
        counter.add(-3);
        assertThat(counter.value()).isEqualTo(8);
    }

    @Test
    void aReaderSeesItGrowAndReachItsEnd() throws InterruptedException {
        Counter counter = new Counter();
        int end = 1_000_000;
        Thread writer =
                new Thread(
                        () -> {
                            for (int i = 0; i < end; i++) counter.increment();
                        });
        writer.start();
        long before = 0;
        while (before < end) {
            long now = counter.value();
            assertThat(now).isGreaterThanOrEqualTo(before);
            before = now;
        }
        writer.join();
        assertThat(counter.value()).isEqualTo(end);
    }
}

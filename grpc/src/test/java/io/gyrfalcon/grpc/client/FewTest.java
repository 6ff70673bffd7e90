package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Random;

/** A queue of mostly one element is a queue. */
class FewTest {
    private final Few<Integer> few = new Few<>();

    @Test
    void oneElementIsGotAndTaken() {
        few.add(7);
        assertThat(few.get(0)).isEqualTo(7);
        assertThat(few.size()).isEqualTo(1);
        assertThat(few.poll()).isEqualTo(7);
        assertThat(few.isEmpty()).isTrue();
        assertThat(few.poll()).isNull();
    }

    @Test
    void whatIsNotThereIsNotGot() {
        assertThatThrownBy(() -> few.get(0)).isInstanceOf(IndexOutOfBoundsException.class);
        few.add(1);
        few.add(2);
        assertThatThrownBy(() -> few.get(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void itHoldsWhatAJdksQueueHolds() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ArrayDeque<Integer> expected = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            int adding = i / 1_000 % 2 == 0 ? 6 : 4;
            if (random.nextInt(10) < adding) {
                few.add(i);
                expected.add(i);
            } else {
                assertThat(few.poll()).as("seed %d, step %d", seed, i).isEqualTo(expected.poll());
            }
            assertThat(few.size()).as("seed %d, step %d", seed, i).isEqualTo(expected.size());
            assertThat(few.isEmpty()).isEqualTo(expected.isEmpty());
            if (i % 500 == 0) {
                assertThat(all()).as("seed %d", seed).isEqualTo(new ArrayList<>(expected));
            }
        }
    }

    private ArrayList<Integer> all() {
        ArrayList<Integer> all = new ArrayList<>();
        for (int i = 0; i < few.size(); i++) all.add(few.get(i));
        return all;
    }
}

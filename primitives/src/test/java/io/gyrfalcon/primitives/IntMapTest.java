package io.gyrfalcon.primitives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

class IntMapTest {
    private final IntMap<String> map = new IntMap<>();

    @Test
    void anEmptyMapHasNothingAndLosesNothing() {
        assertThat(map.get(1)).isNull();
        assertThat(map.remove(1)).isNull();
        assertThat(map.size()).isZero();
        assertThat(map.isEmpty()).isTrue();
        map.clear();
        map.trim();
        map.forEach((key, value) -> assertThat(value).as("no entry").isNull());
    }

    @Test
    void putReplacesAndTellsWhatWasThere() {
        assertThat(map.put(7, "a")).isNull();
        assertThat(map.put(7, "b")).isEqualTo("a");
        assertThat(map.size()).isEqualTo(1);
        assertThat(map.remove(7)).isEqualTo("b");
        assertThat(map.get(7)).isNull();
        assertThat(map.remove(7)).isNull();
    }

    @Test
    void zeroAndNegativeAndExtremeKeysAreKeysLikeOthers() {
        int[] keys = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1};
        for (int key : keys) map.put(key, "v" + key);
        for (int key : keys) assertThat(map.get(key)).isEqualTo("v" + key);
        assertThat(map.size()).isEqualTo(keys.length);
    }

    @Test
    void nullIsNoValue() {
        assertThatThrownBy(() -> map.put(1, null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aVisitorThatChangesTheMapIsFoundOut() {
        map.put(1, "a");
        assertThatThrownBy(() -> map.forEach((key, value) -> map.remove(key)))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void trimKeepsTheEntriesAndGivesUpAnEmptyTable() {
        for (int i = 0; i < 1000; i++) map.put(i, "v" + i);
        for (int i = 10; i < 1000; i++) map.remove(i);
        map.trim();
        for (int i = 0; i < 10; i++) assertThat(map.get(i)).isEqualTo("v" + i);
        map.clear();
        assertThat(map.isEmpty()).isTrue();
        map.trim();
        map.put(5, "again");
        assertThat(map.get(5)).isEqualTo("again");
    }

    @Test
    void behavesLikeAHashMapUnderAnyChanges() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int range : new int[] {8, 100, 3000, Integer.MAX_VALUE}) {
            IntMap<Integer> actual = new IntMap<>();
            Map<Integer, Integer> expected = new HashMap<>();
            for (int i = 0; i < 20_000; i++) step(random, range, actual, expected, i);
            Map<Integer, Integer> seen = new HashMap<>();
            actual.forEach((key, value) -> assertThat(seen.put(key, value)).isNull());
            assertThat(seen).as("seed %d range %d", seed, range).isEqualTo(expected);
        }
    }

    private static void step(
            Random random,
            int range,
            IntMap<Integer> actual,
            Map<Integer, Integer> expected,
            int value) {
        int key = random.nextInt(range) * 2 + 1;
        switch (random.nextInt(range > 3000 ? 2 : 5)) {
            case 0, 1 -> assertThat(actual.put(key, value)).isEqualTo(expected.put(key, value));
            case 2, 3 -> assertThat(actual.remove(key)).isEqualTo(expected.remove(key));
            default -> assertThat(actual.get(key)).isEqualTo(expected.get(key));
        }
        if (random.nextInt(5000) == 0) actual.trim();
        assertThat(actual.size()).isEqualTo(expected.size());
    }
}

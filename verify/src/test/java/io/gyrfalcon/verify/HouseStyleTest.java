package io.gyrfalcon.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.verify.tidy.Tidy;

import org.junit.jupiter.api.Test;

/** The hand-written sources of every module keep the house style. */
final class HouseStyleTest {
    @Test
    void everySourceIsTidy() throws Exception {
        assertThat(Tidy.checkRepository(Repository.root())).isEmpty();
    }
}

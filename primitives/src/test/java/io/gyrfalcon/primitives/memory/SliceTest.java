package io.gyrfalcon.primitives.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.primitives.fixtures.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.lang.foreign.ValueLayout;

class SliceTest {
    @RegisterExtension final LeakCheck leaks = new LeakCheck();

    @Test
    void isAPartOfItsSlab() {
        Slab slab = leaks.loopPool().take(100);
        slab.segment().set(ValueLayout.JAVA_BYTE, 10, (byte) 7);
        Slice slice = new Slice(slab, 10, 5);
        assertThat(slice.segment().byteSize()).isEqualTo(5);
        assertThat(slice.segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
        assertThat(slice.isEmpty()).isFalse();
        assertThat(new Slice(slab, 1024, 0).isEmpty()).isTrue();
        slice.release();
        assertThat(slab.isTaken()).isFalse();
    }

    @Test
    void liesWithinItsSlab() {
        Slab slab = leaks.loopPool().take(100);
        assertThatThrownBy(() -> new Slice(slab, 1020, 5))
                .isInstanceOf(IndexOutOfBoundsException.class);
        slab.release();
    }
}

package io.gyrfalcon.traffic.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;

class PickTest {
    private static final Failure WHY = Failure.unavailable("down", null);

    @Test
    void aCallIsHeldWhileNothingIsKnown() {
        assertThat(Pick.<String>await().holds(false)).isTrue();
        assertThat(Pick.<String>connect().holds(false)).isTrue();
        assertThat(Pick.use("a").holds(true)).isFalse();
    }

    @Test
    void aCallThatWaitsForReadyOutlivesAFailureButNotADrop() {
        assertThat(Pick.<String>fail(WHY).holds(false)).isFalse();
        assertThat(Pick.<String>fail(WHY).holds(true)).isTrue();
        assertThat(Pick.<String>drop(WHY).holds(true)).isFalse();
    }

    @Test
    void aFailureOfConnectingIsUnavailable() {
        assertThat(WHY.code()).isEqualTo(14);
    }

    @Test
    void turnsGoOnAcrossTheSign() {
        Turns turns = new Turns(Integer.MAX_VALUE);
        assertThat(turns.next(7)).isEqualTo((int) (0x7fffffffL % 7));
        assertThat(turns.next(7)).isEqualTo((int) (0x80000000L % 7));
        assertThat(turns.next()).isEqualTo(0x80000001);
    }

    @Test
    void anEndpointWeighsAtLeastOne() {
        assertThat(new Endpoint<>(List.of("a"), 1).weight()).isOne();
        assertThatThrownBy(() -> new Endpoint<>(List.of("a"), 0))
                .hasMessage("weight: 0 (expected: >= 1)");
    }

    @Test
    void aRoundRobinPickerEqualsOneOfTheSame() {
        Picker<String> one = new RoundRobinPicker<>(List.of(Pick.use("a"), Pick.use("b")));
        Picker<String> same = new RoundRobinPicker<>(List.of(Pick.use("a"), Pick.use("b")));
        Picker<String> other = new RoundRobinPicker<>(List.of(Pick.use("a")));
        assertThat(one).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(other);
        assertThat(one).isNotEqualTo(Pick.use("a"));
        assertThat(one.toString()).startsWith("round robin").contains("a");
    }
}

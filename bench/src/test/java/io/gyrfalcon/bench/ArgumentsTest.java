package io.gyrfalcon.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ArgumentsTest {
    @Test
    void aNumberOutOfRangeNamesWhatWasFoundAndWhatWasExpected() {
        Arguments arguments = new Arguments("--port", "65536");
        assertThatThrownBy(() -> arguments.number("--port", 0, 0, 65_535))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--port: 65536 (expected: 0..65535)");
        assertThat(arguments.number("--port", 0, 0, 65_536)).isEqualTo(65_536);
    }

    @Test
    void aWordThatIsNoNumberIsRefused() {
        assertThatThrownBy(() -> new Arguments("--port", "x").number("--port", 0, 0, 1))
                .hasMessage("--port: x (expected: a number)");
    }

    @Test
    void aNameWithoutAValueIsRefused() {
        assertThatThrownBy(() -> new Arguments("--port")).hasMessageContaining("--name value");
        assertThatThrownBy(() -> new Arguments("port", "1")).hasMessageContaining("--name value");
    }

    @Test
    void whatIsNotGivenFallsBack() {
        assertThat(new Arguments().number("--port", 7, 0, 9)).isEqualTo(7);
        assertThat(new Arguments().text("--executor", "direct")).isEqualTo("direct");
    }
}

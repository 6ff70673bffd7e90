package io.gyrfalcon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommandErrorTest {
    @Test
    void isOneLineWhateverItsText() {
        assertThat(CommandError.failure("\na\r\n\tb\n")).hasMessage("a b");
    }

    @Test
    void anExceptionWithoutAMessageIsNamed() {
        assertThat(CommandError.textOf(new IllegalStateException()))
                .isEqualTo("java.lang.IllegalStateException");
        assertThat(CommandError.textOf(new IllegalStateException("why"))).isEqualTo("why");
    }
}

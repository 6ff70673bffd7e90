package io.gyrfalcon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A command line that was run: what it printed and its exit code. */
record Ran(int code, String out, String err) {
    static Ran of(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code =
                new Main(
                                new PrintStream(out, true, StandardCharsets.UTF_8),
                                new PrintStream(err, true, StandardCharsets.UTF_8))
                        .run(arguments);
        return new Ran(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** It failed with one line that has all of these. */
    void failedWith(int expectedCode, String... parts) {
        assertThat(err).startsWith("gyrfalcon: ").endsWith("\n").contains(parts);
        assertThat(err.strip().lines().count()).as(err).isEqualTo(1);
        assertThat(err).doesNotContain("\tat ");
        assertThat(out).isEmpty();
        assertThat(code).isEqualTo(expectedCode);
    }
}

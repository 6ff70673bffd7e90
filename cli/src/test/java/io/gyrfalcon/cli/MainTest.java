package io.gyrfalcon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

class MainTest {
    @Test
    void aCommandIsNeeded() {
        Ran.of().failedWith(2, "no command", "expected: serve, doctor, classpath, flags, help");
    }

    @Test
    void anUnknownCommandIsNamed() {
        Ran.of("sevre").failedWith(2, "sevre: no such command", "expected: serve");
        Ran.of("help", "sevre").failedWith(2, "sevre: no such command");
    }

    @Test
    void anOutputThatCannotBeWrittenIsAFailure() {
        OutputStream full =
                new OutputStream() {
                    @Override
                    public void write(int octet) throws IOException {
                        throw new IOException("No space left on device");
                    }
                };
        for (String command : new String[] {"flags", "--version", "help", "doctor"}) {
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            Main main = new Main(new PrintStream(full), new PrintStream(said));
            assertThat(main.run(command)).as(command).isEqualTo(1);
            assertThat(said).hasToString("gyrfalcon: cannot write to the standard output\n");
        }
    }

    @Test
    void helpListsTheCommands() {
        for (String argument : new String[] {"help", "--help", "-h"}) {
            Ran ran = Ran.of(argument);
            assertThat(ran.code()).isZero();
            assertThat(ran.out()).contains("serve", "doctor", "classpath", "flags", "--version");
        }
    }

    @Test
    void helpOfACommandListsItsOptions() {
        Ran ran = Ran.of("help", "serve");
        assertThat(ran.code()).isZero();
        assertThat(ran.out())
                .contains("gyrfalcon serve", "--host", "--port", "--unix", "--loops", "--poller")
                .contains(
                        "--idle",
                        "--pin",
                        "--socket",
                        "--lane",
                        "--profile",
                        "--tls-cert",
                        "--tls-key",
                        "--client-ca")
                .contains("--service-jar", "--service", "--grace");
        assertThat(Ran.of("serve", "--help").out()).isEqualTo(ran.out());
        assertThat(Ran.of("flags", "--help").out()).contains("gyrfalcon flags");
        assertThat(Ran.of("classpath", "--help").out()).contains("gyrfalcon classpath");
    }

    @Test
    void theVersionIsOneLine() {
        Ran ran = Ran.of("--version");
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).startsWith("gyrfalcon ");
        assertThat(Ran.of("-V").out()).isEqualTo(ran.out());
    }

    @Test
    void flagsAreListedWithStateDefaultScopeAndOffPosition() {
        Ran ran = Ran.of("flags");
        assertThat(ran.code()).isZero();
        assertThat(ran.out())
                .contains("test.listed  off  (default: off, per process)")
                .contains("    on:  is listed")
                .contains("    off: is listed too");
    }

    @Test
    void theDoctorExaminesThisMachine() {
        Ran ran = Ran.of("doctor");
        assertThat(ran.code()).isZero();
        assertThat(ran.out().lines()).hasSizeGreaterThanOrEqualTo(1);
        assertThat(ran.out().lines()).allMatch(line -> line.matches("(ok|note|warn) +\\S.*"));
        assertThat(Ran.of("doctor", "--help").out()).contains("gyrfalcon doctor");
        Ran.of("doctor", "now").failedWith(2, "now");
    }

    @Test
    void anArgumentThatNobodyExpectsIsNamed() {
        Ran.of("flags", "more").failedWith(2, "more", "expected: see gyrfalcon flags --help");
        Ran.of("classpath", "--no").failedWith(2, "--no");
        Ran.of("serve", "--prot", "1").failedWith(2, "--prot", "see gyrfalcon serve --help");
        Ran.of("serve", "--port").failedWith(2, "--port");
        Ran.of("serve", "--port", "1", "--port", "2").failedWith(2, "--port");
    }
}

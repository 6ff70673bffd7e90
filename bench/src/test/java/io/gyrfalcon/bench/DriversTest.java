package io.gyrfalcon.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.bench.client.ChannelLoad;
import io.gyrfalcon.bench.client.ClosedLoop;
import io.gyrfalcon.bench.floor.FixedAnswersServer;
import io.gyrfalcon.bench.openloop.OpenLoop;
import io.gyrfalcon.bench.server.ControlLines;
import io.gyrfalcon.bench.spin.OneByOne;
import io.gyrfalcon.bench.vertx.VertxGreeterServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Every driver once, briefly: what it prints is what the scripts read. */
@ResourceLock(Resources.SYSTEM_OUT)
@Timeout(180)
final class DriversTest {
    private interface Main {
        void main(String[] words) throws Exception;
    }

    @Test
    void closedLoopAnswersEveryCallAndSaysSo() throws Exception {
        try (GreeterUnderTest server = new GreeterUnderTest()) {
            String said =
                    run(
                            ClosedLoop::main,
                            "go\n",
                            "--port",
                            Integer.toString(server.port()),
                            "--channels",
                            "2",
                            "--outstanding",
                            "5",
                            "--warm-millis",
                            "100",
                            "--millis",
                            "300");
            assertThat(said).startsWith("warm\nmeasured calls=").contains(" failures=0 ");
            assertThat(said).doesNotContain("calls=0");
        }
    }

    @Test
    void aChannelOfTheClassPathIsLoadedByStubsOfBothKinds() throws Exception {
        for (String load : new String[] {"--outstanding", "--threads"}) {
            try (GreeterUnderTest server = new GreeterUnderTest()) {
                String said =
                        run(
                                ChannelLoad::main,
                                "go\n",
                                "--port",
                                Integer.toString(server.port()),
                                load,
                                "3",
                                "--executor",
                                "direct",
                                "--warm-millis",
                                "100",
                                "--millis",
                                "300");
                assertThat(said).startsWith("engine io.gyrfalcon.grpc.");
                assertThat(said).contains("\nwarm\nmeasured calls=").contains(" failures=0 ");
                assertThat(said).doesNotContain("calls=0").containsPattern("\nallocated [1-9]");
            }
        }
    }

    @Test
    void openLoopSendsAtItsRateWhateverTheServerDoes() throws Exception {
        try (GreeterUnderTest server = new GreeterUnderTest()) {
            String said =
                    run(
                            OpenLoop::main,
                            "go\n",
                            "--port",
                            Integer.toString(server.port()),
                            "--connections",
                            "3",
                            "--rate",
                            "1000",
                            "--warm-millis",
                            "100",
                            "--millis",
                            "500");
            assertThat(said).contains("measured calls=500 failures=0 ");
        }
    }

    @Test
    void oneByOneHasOneCallOutstandingHoweverItWaits() throws Exception {
        for (String wait : new String[] {"spin", "block"}) {
            try (GreeterUnderTest server = new GreeterUnderTest()) {
                String said =
                        run(
                                OneByOne::main,
                                "go\n",
                                "--port",
                                Integer.toString(server.port()),
                                "--wait",
                                wait,
                                "--warm-millis",
                                "100",
                                "--millis",
                                "300");
                assertThat(said).startsWith("warm\nmeasured calls=").contains(" failures=0 ");
                assertThat(said).doesNotContain("calls=0");
            }
        }
    }

    @Test
    void controlLinesTellAllocationMemoryAndTheStubAlone() throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        String questions = "engine\nallocated\nmemory\nnull-transport 1000\npollers\nx\nquit\n";
        new ControlLines("some.Server")
                .serve(input(questions), new PrintStream(output, true, StandardCharsets.UTF_8));
        String[] lines = output.toString(StandardCharsets.UTF_8).split("\n");
        assertThat(lines[0]).isEqualTo("engine some.Server");
        assertThat(lines[1]).matches("allocated [1-9][0-9]+");
        assertThat(lines[2]).matches("memory heap=\\d+ direct=\\d+ other=\\d+ .*resident=\\d+");
        assertThat(lines[3]).matches("null-transport [1-9][0-9.]+");
        assertThat(lines[4]).startsWith("pollers");
        assertThat(lines[5]).isEqualTo("unknown x");
    }

    @Test
    void vertxAnswersTheSameCall() throws Exception {
        answersTheSameCall(VertxGreeterServer::main);
    }

    @Test
    void fixedAnswersAreWhatTheCallExpects() throws Exception {
        answersTheSameCall(FixedAnswersServer::main);
    }

    private static void answersTheSameCall(Main server) throws Exception {
        PipedOutputStream commands = new PipedOutputStream();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Thread main = start(server, new PipedInputStream(commands), output);
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!output.toString(StandardCharsets.UTF_8).contains("\n")) {
            assertThat(System.nanoTime()).isLessThan(limit);
            Thread.sleep(10);
        }
        String port = output.toString(StandardCharsets.UTF_8).trim().split(" ")[1];
        try {
            String said =
                    run(
                            OpenLoop::main,
                            "go\n",
                            "--port",
                            port,
                            "--rate",
                            "200",
                            "--millis",
                            "200",
                            "--warm-millis",
                            "10");
            assertThat(said).contains("measured calls=40 failures=0 ");
        } finally {
            commands.close();
            main.join();
        }
    }

    private static Thread start(Main server, InputStream commands, ByteArrayOutputStream output) {
        PrintStream outBefore = System.out;
        InputStream inBefore = System.in;
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        System.setIn(commands);
        return Thread.ofPlatform()
                .start(
                        () -> {
                            try {
                                server.main(new String[0]);
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            } finally {
                                System.setOut(outBefore);
                                System.setIn(inBefore);
                            }
                        });
    }

    private static String run(Main main, String input, String... words) throws Exception {
        PrintStream outBefore = System.out;
        InputStream inBefore = System.in;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
        System.setIn(input(input));
        try {
            main.main(words);
        } finally {
            System.setOut(outBefore);
            System.setIn(inBefore);
        }
        return output.toString(StandardCharsets.UTF_8);
    }

    private static InputStream input(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}

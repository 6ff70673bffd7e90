package io.gyrfalcon.verify;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process of a test: its output, its end. */
public final class Child implements AutoCloseable {
    private final Process process;
    private final StringBuffer output = new StringBuffer();
    private final Thread reader;

    private Child(Process process) {
        this.process = process;
        this.reader = Thread.ofPlatform().daemon().name("child-output").start(this::read);
    }

    public static Child start(Path folder, Map<String, String> environment, List<String> command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new Child(builder.directory(folder.toFile()).start());
    }

    public static Child start(List<String> command) throws IOException {
        return start(Path.of("."), Map.of(), command);
    }

    /** Java with the class path of this test: JVM flags, a main class, its arguments. */
    public static Child java(String... arguments) throws IOException {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new java.util.ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xmx512m", "-cp"));
        command.add(absolute(classPath));
        command.addAll(List.of(arguments));
        return start(command);
    }

    private static String absolute(String classPath) {
        StringBuilder text = new StringBuilder();
        for (String entry : classPath.split(File.pathSeparator)) {
            if (!text.isEmpty()) text.append(File.pathSeparator);
            text.append(Path.of(entry).toAbsolutePath());
        }
        return text.toString();
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
            }
        } catch (IOException e) {
            output.append(e).append('\n');
        }
    }

    public OutputStream input() {
        return process.getOutputStream();
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** What was written so far, to either stream. */
    public String output() {
        return output.toString();
    }

    /** Waits for a text in the output. */
    public void awaitOutput(String text, int seconds) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!output().contains(text)) {
            boolean isOver = !process.isAlive() || System.nanoTime() - endNanos > 0;
            if (isOver) reader.join(1000);
            if (isOver) assertThat(output()).contains(text);
            Thread.sleep(20);
        }
    }

    /** Waits for the end and returns the exit code. */
    public int await(int seconds) throws InterruptedException {
        boolean isOver = process.waitFor(seconds, TimeUnit.SECONDS);
        if (!isOver) process.destroyForcibly().waitFor();
        reader.join(5000);
        assertThat(isOver).as("ended within %s s: %s", seconds, output()).isTrue();
        return process.exitValue();
    }

    /** Asks the process to end, as a terminal does; its input is not at its end by that. */
    public void interrupt() {
        process.toHandle().destroy();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

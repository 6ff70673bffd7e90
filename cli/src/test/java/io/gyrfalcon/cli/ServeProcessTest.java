package io.gyrfalcon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.grpc.ManagedChannel;
import io.gyrfalcon.cli.demo.helloworld.GreeterGrpc;
import io.gyrfalcon.cli.demo.helloworld.HelloReply;
import io.gyrfalcon.cli.demo.helloworld.HelloRequest;
import io.gyrfalcon.grpc.GyrfalconChannelBuilder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The program as a process: it says when it is ready, and ends with 0 on SIGTERM. */
@Timeout(120)
class ServeProcessTest {
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
                    .getBytes(StandardCharsets.US_ASCII);
    private static final int SETTINGS_FRAME = 4;
    private static final List<String> OPEN = List.of("--add-opens=java.base/java.lang=ALL-UNNAMED");

    @TempDir Path folder;

    private Process process;
    private BufferedReader out;

    private String start(String... options) throws IOException {
        return start(OPEN, options);
    }

    private static int portOf(String ready) {
        String tail = ready.substring(ready.indexOf(':', ready.indexOf("127.")) + 1);
        return Integer.parseInt(tail.substring(0, tail.indexOf(' ')));
    }

    private String start(List<String> jvm, String... options) throws IOException {
        return start(List.of(), jvm, options);
    }

    private String start(List<String> before, List<String> jvm, String... options)
            throws IOException {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(jvm);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Main.class.getName());
        command.add("serve");
        command.addAll(List.of(options));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        out = process.inputReader(StandardCharsets.UTF_8);
        return out.readLine();
    }

    @AfterEach
    void end() {
        if (process != null) process.destroyForcibly();
    }

    private int terminate() throws InterruptedException {
        // Process.destroy() would close the streams as well.
        assertThat(process.toHandle().destroy()).isTrue();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends").isTrue();
        return process.exitValue();
    }

    @Test
    void servesOnThePortItNamesAndEndsInGoodOrder() throws Exception {
        String ready = start("--port=0", "--grace=5");
        assertThat(ready).matches("gyrfalcon: ready on 127\\.0\\.0\\.1:\\d+ .*Greeter.*");
        int port = portOf(ready);
        try (Socket client = new Socket("127.0.0.1", port)) {
            client.setSoTimeout(30_000);
            client.getOutputStream().write(PREFACE);
            DataInputStream in = new DataInputStream(client.getInputStream());
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            assertThat(in.readUnsignedByte()).isEqualTo(SETTINGS_FRAME);
            assertThat(length % 6).isZero();
        }
        assertThat(terminate()).isZero();
        assertThat(out.readLine()).as("nothing more is printed").isNull();
    }

    /** The JDK would let an allocation beyond it wait for the collector. */
    @Test
    void messagesDoNotNeedTheJdksDirectMemory() throws Exception {
        List<String> small = List.of("-Xmx96m", "-XX:MaxDirectMemorySize=2m", OPEN.getFirst());
        int port = portOf(start(small, "--port=0", "--grace=1"));
        ManagedChannel channel =
                GyrfalconChannelBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                        .usePlaintext()
                        .build();
        try {
            GreeterGrpc.GreeterFutureStub stub =
                    GreeterGrpc.newFutureStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
            HelloRequest large = HelloRequest.newBuilder().setName("x".repeat(1 << 20)).build();
            List<Future<HelloReply>> answers = new ArrayList<>();
            for (int i = 0; i < 12; i++) answers.add(stub.sayHello(large));
            for (Future<HelloReply> answer : answers) {
                assertThat(answer.get().getMessage()).hasSizeGreaterThan(1 << 20);
            }
        } finally {
            channel.shutdownNow();
        }
        assertThat(terminate()).isZero();
    }

    /**
     * The first failure of a process finds no file to open: nothing that it needs may be missing.
     */
    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void withoutDescriptorsItPausesAndServesAgain(String poller) throws Exception {
        List<String> few = List.of("sh", "-c", "ulimit -n 150; exec \"$@\"", "sh");
        int port = portOf(start(few, OPEN, "--port=0", "--grace=1", "--poller=" + poller));
        List<Socket> crowd = new ArrayList<>();
        for (int i = 0; i < 250; i++) crowd.add(new Socket("127.0.0.1", port));
        Thread.sleep(300);
        for (Socket each : crowd) each.close();
        try (Socket client = new Socket("127.0.0.1", port)) {
            client.setSoTimeout(30_000);
            client.getOutputStream().write(PREFACE);
            assertThat(client.getInputStream().read()).isNotNegative();
        }
        assertThat(terminate()).isZero();
    }

    @Test
    void withJavaLangClosedItSaysSoOnceAndServes() throws Exception {
        assertThat(start(List.of(), "--port=0")).startsWith("gyrfalcon: ready");
        String said = out.readLine() + '\n' + out.readLine();
        assertThat(said).containsOnlyOnce("--add-opens=java.base/java.lang=ALL-UNNAMED");
        assertThat(terminate()).isZero();
        assertThat(out.readLine()).as("nothing more is printed").isNull();
    }

    @Test
    void servesOnAUnixSocketAndRemovesItsFile() throws Exception {
        Path file = folder.resolve("s");
        assertThat(start("--unix=unix:" + file)).startsWith("gyrfalcon: ready on unix:" + file);
        assertThatCode(() -> SocketChannel.open(UnixDomainSocketAddress.of(file)).close())
                .doesNotThrowAnyException();
        assertThat(terminate()).isZero();
        assertThat(file).doesNotExist();
    }
}

package io.gyrfalcon.verify.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.testing.TlsTesting;
import io.grpc.testing.integration.ChannelCases;
import io.grpc.testing.integration.TestServiceServer;
import io.gyrfalcon.verify.Child;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Our channel to servers in processes of their own: grpc-java's test server on Netty and on our
 * engine, and grpc-go's.
 */
class ChannelAbroadTest {
    private static final int START_SECONDS = 60;

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyCasePassesToGrpcJavasServer(boolean useTls) throws Exception {
        everyCasePasses(java(false, useTls), useTls);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyCasePassesToOurServer(boolean useTls) throws Exception {
        everyCasePasses(java(true, useTls), useTls);
    }

    /** It has no compression but what its library does by itself. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyCasePassesToGrpcGosServerThatPassesOverGrpcJavasChannel(boolean useTls)
            throws Exception {
        Path server = Tools.require("grpc-go-interop-server");
        int port = freePort();
        List<String> command =
                List.of(
                        server.toString(),
                        "--port=" + port,
                        "--use_tls=" + useTls,
                        "--tls_cert_file=" + file("server1.pem"),
                        "--tls_key_file=" + file("server1.key"));
        try (Child child = Child.start(command)) {
            awaitPort(port, child);
            Map<String, String> failed = ChannelCases.failed(true, port, useTls);
            if (failed.isEmpty()) return;
            assertThat(failed).hasSizeLessThan(ChannelCases.count() / 2);

            Map<String, String> failedThere = ChannelCases.failed(false, port, useTls);

            assertThat(failed.keySet())
                    .as(String.join("\n", failed.values()))
                    .isEqualTo(failedThere.keySet());
        }
    }

    /** A server that is about to be up, and its port. */
    private record Started(Child child, int port) {}

    private static Started java(boolean isOurs, boolean useTls) throws IOException {
        int port = freePort();
        Child child =
                Child.java(
                        "-Dgyrfalcon.enabled=" + isOurs,
                        TestServiceServer.class.getName(),
                        "--port=" + port,
                        "--use_tls=" + useTls);
        return new Started(child, port);
    }

    private static void everyCasePasses(Started server, boolean useTls) throws Exception {
        try (Child child = server.child) {
            child.awaitOutput("Server started on port " + server.port, START_SECONDS);

            Map<String, String> failed = ChannelCases.failed(true, server.port, useTls);

            assertThat(failed.values()).isEmpty();
        }
    }

    private Path file(String name) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = TlsTesting.loadCert(name)) {
            Files.copy(in, file);
        }
        return file;
    }

    private static void awaitPort(int port, Child child) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!isOpen(port)) {
            assertThat(child.handle().isAlive()).as(child.output()).isTrue();
            assertThat(System.nanoTime() - endNanos).as(child.output()).isNegative();
            Thread.sleep(20);
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}

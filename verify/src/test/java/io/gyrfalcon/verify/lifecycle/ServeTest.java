package io.gyrfalcon.verify.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.gyrfalcon.cli.Main;
import io.gyrfalcon.cli.demo.helloworld.GreeterGrpc;
import io.gyrfalcon.cli.demo.helloworld.HelloRequest;
import io.gyrfalcon.http2.frame.FrameType;
import io.gyrfalcon.http2.sim.Frame;
import io.gyrfalcon.verify.Child;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** {@code gyrfalcon serve} as a process: what its options do, and how it ends. */
@Timeout(180)
final class ServeTest {
    private static final String CHAT = "/routeguide.RouteGuide/RouteChat";
    private static final String READY = "gyrfalcon: ready on 127.0.0.1:";

    @TempDir Path folder;
    private Child process;
    private ManagedChannel channel;

    private int serve(String... options) throws Exception {
        String[] all = new String[options.length + 3];
        all[0] = Main.class.getName();
        all[1] = "serve";
        all[2] = "--port=0";
        System.arraycopy(options, 0, all, 3, options.length);
        process = Child.java(all);
        process.awaitOutput("serving", 60);
        String output = process.output();
        int at = output.indexOf(READY) + READY.length();
        return Integer.parseInt(output.substring(at, output.indexOf(' ', at)));
    }

    private ManagedChannel channel(int port, ChannelCredentials credentials) {
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port, credentials)
                        .overrideAuthority("localhost")
                        .build();
        return channel;
    }

    private static String greet(ManagedChannel channel) {
        return GreeterGrpc.newBlockingStub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .sayHello(HelloRequest.newBuilder().setName("you").build())
                .getMessage();
    }

    @AfterEach
    void end() throws Exception {
        if (channel != null) channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        if (process != null) process.close();
    }

    /** What the server says of the connection until it says so many times that it goes away. */
    private static List<String> goAways(WireClient client, int count) {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 4_000 && seen.size() < count; i++) {
            for (Frame frame : client.raw.flush().frames()) {
                if (frame.type() == FrameType.GOAWAY) seen.add(frame.toString().strip());
                boolean isPing = frame.type() == FrameType.PING && (frame.flags() & 1) == 0;
                if (isPing) client.raw.out().ping(frame.longAt(0), true);
            }
        }
        return seen;
    }

    @Test
    void sigtermTellsCheckersAndConnectionsAndLetsCallsEnd() throws Exception {
        int port = serve("--grace=60");
        Iterator<HealthCheckResponse> health =
                HealthGrpc.newBlockingStub(channel(port, InsecureChannelCredentials.create()))
                        .watch(HealthCheckRequest.getDefaultInstance());
        assertThat(health.next().getStatus()).isEqualTo(ServingStatus.SERVING);
        try (WireClient client = new WireClient(port)) {
            client.raw.hello().headers(1, false, Wires.fields(":path", CHAT)).flush();
            client.sync();
            process.interrupt();
            assertThat(health.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
            assertThat(goAways(client, 2)).containsExactly("GOAWAY 2147483647 0", "GOAWAY 1 0");
            assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(IOException.class);
            client.raw.data(1, true, new byte[0]);
            client.await(1);
            client.await();
            assertThat(String.join("; ", client.seen())).contains("grpc-status: 0", "CLOSED");
        }
        channel.shutdownNow();
        assertThat(process.await(30)).isZero();
    }

    @Test
    void whatDoesNotEndWithinTheGraceIsCutOff() throws Exception {
        int port = serve("--grace=1", "--lane=direct", "--poller=nio", "--loops=1");
        try (WireClient client = new WireClient(port)) {
            client.raw.hello().headers(1, false, Wires.fields(":path", CHAT)).flush();
            client.sync();
            process.interrupt();
            client.await(1);
            client.await();
            assertThat(client.seen()).contains("1 RST 8", "CLOSED");
        }
        assertThat(process.await(30)).isZero();
    }

    @Test
    void theProfileOfTheEdgeIsStricter() throws Exception {
        int port = serve("--profile=edge");
        try (WireClient client = new WireClient(port)) {
            client.raw.hello();
            for (int id = 1; id <= 201; id += 2) {
                client.raw.headers(id, false, Wires.fields(":path", CHAT));
            }
            client.await(201);
            client.sync();
            assertThat(client.seen()).containsExactly("201 RST 7");
        }
        try (WireClient client = new WireClient(port)) {
            String[] many = new String[2 * 95];
            for (int i = 0; i < many.length; i++) many[i] = i % 2 == 0 ? "+k" : "v";
            client.raw.hello().headers(1, true, Wires.fields(many));
            client.await(1);
            assertThat(String.join("", client.seen())).contains(":status: 431");
        }
    }

    @Test
    void clientsShowACertificateThatTheirAuthoritySigned() throws Exception {
        int port =
                serve(
                        "--tls-cert=" + file("server.pem"),
                        "--tls-key=" + file("server.key"),
                        "--client-ca=" + file("ca.pem"));
        ChannelCredentials known =
                TlsChannelCredentials.newBuilder()
                        .keyManager(pem("client.pem"), pem("client.key"))
                        .trustManager(pem("ca.pem"))
                        .build();
        assertThat(greet(channel(port, known))).isEqualTo("Hello you");
        channel.shutdownNow();
        ChannelCredentials unknown =
                TlsChannelCredentials.newBuilder().trustManager(pem("ca.pem")).build();
        assertThatThrownBy(() -> greet(channel(port, unknown)))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("UNAVAILABLE");
    }

    @Test
    void theServicesOfAJarAreServedAsTheyAre() throws Exception {
        int port = serve("--service-jar=" + jar());
        assertThat(process.output()).contains("helloworld.Greeter").doesNotContain("RouteGuide");
        ManagedChannel plain = channel(port, InsecureChannelCredentials.create());
        assertThat(greet(plain)).isEqualTo("Hello you");
    }

    @Test
    void whatKeepsItFromStartingIsOneLineAndAnExitCode() throws Exception {
        Path noKey =
                Files.writeString(folder.resolve("no.key"), "-----BEGIN PRIVATE KEY-----\nx\n");
        refused(1, "no.key", "expected", "--tls-cert=" + file("server.pem"), "--tls-key=" + noKey);
        Path noJar = Files.writeString(folder.resolve("no.jar"), "no zip");
        refused(1, "no.jar", "not a readable jar", "--service-jar=" + noJar);
        refused(2, "--loops: 0", "(expected: 1..1024)", "--loops=0");
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String port = Integer.toString(other.getLocalPort());
            refused(1, port, "in use", "--port=" + port);
        }
    }

    private void refused(int code, String found, String expected, String... options)
            throws Exception {
        List<String> all = new ArrayList<>(List.of(Main.class.getName(), "serve"));
        all.addAll(List.of(options));
        if (!options[0].startsWith("--port")) all.add("--port=0");
        try (Child child = Child.java(all.toArray(new String[0]))) {
            assertThat(child.await(60)).isEqualTo(code);
            assertThat(child.output().lines().filter(line -> line.startsWith("gyrfalcon: ")))
                    .hasSize(1)
                    .allMatch(line -> line.contains(found) && line.contains(expected));
            assertThat(child.output()).doesNotContain("\tat ");
        }
    }

    private Path file(String name) throws IOException {
        Path copy = folder.resolve(name);
        try (InputStream in = pem(name)) {
            Files.write(copy, in.readAllBytes());
        }
        return copy;
    }

    private static InputStream pem(String name) {
        return ServeTest.class.getResourceAsStream("/lifecycle/" + name);
    }

    /** The demo's greeter as a user's jar. */
    private Path jar() throws Exception {
        Path classes =
                Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Path jar = folder.resolve("user.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            out.putNextEntry(new JarEntry("META-INF/services/io.grpc.BindableService"));
            out.write("io.gyrfalcon.cli.demo.Greeter".getBytes());
            try (var tree = java.nio.file.FileSystems.newFileSystem(classes)) {
                add(out, tree.getPath("/"));
            } catch (java.nio.file.ProviderNotFoundException folderOfClasses) {
                add(out, classes);
            }
        }
        return jar;
    }

    private static void add(JarOutputStream out, Path root) throws IOException {
        try (var walk = Files.walk(root)) {
            for (Path path : walk.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(path).toString();
                if (!name.startsWith("io/gyrfalcon/cli/demo/")) continue;
                out.putNextEntry(new JarEntry(name));
                out.write(Files.readAllBytes(path));
            }
        }
    }
}

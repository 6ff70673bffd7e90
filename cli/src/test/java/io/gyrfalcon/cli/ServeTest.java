package io.gyrfalcon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ForwardingServerBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.gyrfalcon.tls.Fixtures;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What keeps a server from starting is one line. */
@Timeout(120)
class ServeTest {
    @TempDir Path folder;

    @Test
    void theReadyLineNamesEveryRealAddressAndService() throws Exception {
        ServeOptions options =
                ServeOptions.of(
                        CommandLines.parse(
                                ServeOptions.spec(),
                                new String[] {"--tls-cert=c", "--tls-key=k"},
                                System.out));
        List<SocketAddress> addresses =
                List.of(
                        new InetSocketAddress("127.0.0.1", 1),
                        new InetSocketAddress("::1", 2),
                        InetSocketAddress.createUnresolved("host", 3),
                        UnixDomainSocketAddress.of("/tmp/s"));
        assertThat(Serve.readyLine(addresses, options, List.of("a.A", "b.B")))
                .isEqualTo(
                        "gyrfalcon: ready on 127.0.0.1:1 and [0:0:0:0:0:0:0:1]:2 and"
                                + " host/<unresolved>:3 and unix:/tmp/s (TLS), serving a.A, b.B");
    }

    @Test
    void aPortInUseIsOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Ran.of("serve", "--port=" + taken.getLocalPort())
                    .failedWith(
                            1,
                            "cannot listen on 127.0.0.1:" + taken.getLocalPort(),
                            "expected: a free address");
        }
    }

    /** Finds no descriptor for its loop. */
    private static final class Exhausted extends ForwardingServerBuilder<Exhausted> {
        @Override
        protected ServerBuilder<?> delegate() {
            return InProcessServerBuilder.forName("none");
        }

        @Override
        public Server build() {
            throw new UncheckedIOException(new IOException("epoll_create1: Too many open files"));
        }
    }

    @Test
    void aMachineThatHasNoMoreOfSomethingIsOneLine() throws Exception {
        CommandLine.ParseResult line =
                CommandLines.parse(ServeOptions.spec(), new String[0], System.out);
        ServeOptions options = ServeOptions.of(line);
        assertThatThrownBy(() -> Serve.start(new Exhausted(), options, Services.demo()))
                .isInstanceOf(CommandError.class)
                .hasMessage("cannot start: epoll_create1: Too many open files");
    }

    @Test
    void anAddressOfAnotherMachineIsOneLine() {
        Ran.of("serve", "--host=192.0.2.1", "--port=0")
                .failedWith(1, "cannot listen on 192.0.2.1:0", "expected: a free address");
    }

    @Test
    void aUnixPathThatIsNotFreeIsOneLine() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        Ran.of("serve", "--unix=" + file).failedWith(1, "exists and is no socket");
        Path fifo = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        Ran.of("serve", "--unix=" + fifo).failedWith(1, "exists and is no socket");
        assertThat(file).hasContent("x");
        assertThat(fifo).exists();
        Path nowhere = folder.resolve("no/such/folder/s");
        Ran.of("serve", "--unix=" + nowhere).failedWith(1, "cannot listen on unix:" + nowhere);
    }

    @Test
    void aTlsFileThatIsMissingOrBrokenIsOneLine() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.pem"), "no PEM at all");
        String absent = folder.resolve("absent.pem").toString();
        Ran.of("serve", "--port=0", "--tls-cert=" + absent, "--tls-key=" + broken)
                .failedWith(1, "--tls-cert: " + absent, "expected: a readable PEM file");
        Ran.of("serve", "--port=0", "--tls-cert=" + broken, "--tls-key=" + absent)
                .failedWith(1, "--tls-key: " + absent);
        Ran.of(
                        "serve",
                        "--port=0",
                        "--tls-cert=" + broken,
                        "--tls-key=" + broken,
                        "--client-ca=" + absent)
                .failedWith(1, "--client-ca: " + absent);
        Ran.of("serve", "--port=0", "--tls-cert=" + broken, "--tls-key=" + broken)
                .failedWith(1, "--tls-cert: " + broken + ": certificate chain: found no PEM block");
        Path chain = pem("rsa.crt");
        Ran.of("serve", "--port=0", "--tls-cert=" + chain, "--tls-key=" + broken)
                .failedWith(1, "--tls-key: " + broken + ": private key: found no PEM block");
        Ran.of(
                        "serve",
                        "--port=0",
                        "--tls-cert=" + chain,
                        "--tls-key=" + pem("rsa.key"),
                        "--client-ca=" + broken)
                .failedWith(1, "--client-ca: " + broken + ": root certificates: found no PEM");
    }

    private Path pem(String name) throws IOException {
        try (InputStream in = Fixtures.class.getResourceAsStream(name)) {
            return Files.write(folder.resolve(name), in.readAllBytes());
        }
    }
}

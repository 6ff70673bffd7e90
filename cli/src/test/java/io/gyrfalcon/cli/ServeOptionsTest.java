package io.gyrfalcon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.SocketOptions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

class ServeOptionsTest {
    private static ServeOptions of(String... arguments) throws CommandError {
        return ServeOptions.of(CommandLines.parse(ServeOptions.spec(), arguments, System.out));
    }

    @Test
    void withoutOptionsItServesTheDemoOnLoopback() throws Exception {
        ServeOptions options = of();
        assertThat(options.addresses())
                .containsExactly(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 50051));
        assertThat(options.loops()).isZero();
        assertThat(options.poller()).isEqualTo("auto");
        assertThat(options.idle()).isNull();
        assertThat(options.pinning()).isNull();
        assertThat(options.listen()).isEqualTo(ListenOptions.defaults());
        assertThat(options.isDirect()).isFalse();
        assertThat(options.profile()).isEqualTo("mesh");
        assertThat(options.tls()).isNull();
        assertThat(options.jars()).isEmpty();
        assertThat(options.serviceClasses()).isEmpty();
        assertThat(options.graceSeconds()).isEqualTo(20);
    }

    @Test
    void everyOptionIsTaken() throws Exception {
        ServeOptions options =
                of(
                        "--host=::1",
                        "--port=0",
                        "--loops=3",
                        "--poller=nio",
                        "--idle=adaptive",
                        "--pin=0,1",
                        "--socket=backlog=7",
                        "--socket=priority=3",
                        "--lane=direct",
                        "--profile=edge",
                        "--tls-cert=c.pem",
                        "--tls-key=k.pem",
                        "--client-ca=ca.pem",
                        "--service-jar=a.jar",
                        "--service-jar=b.jar",
                        "--service=x.A",
                        "--service=x.B",
                        "--grace=0");
        assertThat(options.addresses())
                .containsExactly(new InetSocketAddress(InetAddress.getByName("::1"), 0));
        assertThat(options.loops()).isEqualTo(3);
        assertThat(options.poller()).isEqualTo("nio");
        assertThat(options.idle()).isEqualTo("adaptive");
        assertThat(options.pinning()).isEqualTo("0,1");
        assertThat(options.listen())
                .isEqualTo(
                        ListenOptions.defaults()
                                .withBacklog(7)
                                .withSocket(SocketOptions.defaults().withPriority(3)));
        assertThat(options.isDirect()).isTrue();
        assertThat(options.profile()).isEqualTo("edge");
        assertThat(options.tls())
                .isEqualTo(
                        new ServeOptions.TlsFiles(
                                Path.of("c.pem"), Path.of("k.pem"), Path.of("ca.pem")));
        assertThat(options.jars()).containsExactly(Path.of("a.jar"), Path.of("b.jar"));
        assertThat(options.serviceClasses()).containsExactly("x.A", "x.B");
        assertThat(options.graceSeconds()).isZero();
    }

    @Test
    void aUnixSocketStandsAloneOrBesideAPort() throws Exception {
        UnixDomainSocketAddress socket = UnixDomainSocketAddress.of("/tmp/s");
        assertThat(of("--unix=/tmp/s").addresses()).containsExactly(socket);
        assertThat(of("--unix=unix:/tmp/s").addresses()).containsExactly(socket);
        assertThat(of("--unix=unix:///tmp/s").addresses()).containsExactly(socket);
        assertThat(of("--host=unix:/tmp/s").addresses()).containsExactly(socket);
        assertThat(of("--unix=/tmp/s", "--port=1").addresses())
                .containsExactly(new InetSocketAddress("127.0.0.1", 1), socket);
    }

    @Test
    void aUnixPathIsAsLongAsTheSystemTakes() throws Exception {
        String longest = "/" + "x".repeat(106);
        assertThat(of("--unix=" + longest).addresses()).hasSize(1);
        assertThatThrownBy(() -> of("--unix=" + longest + "x")).hasMessageContaining("has 108");
        assertThatThrownBy(() -> of("--unix=unix:")).hasMessageContaining("has 0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --port=65536          | --port: 65536 (expected: 0..65535)
                    --port=-1             | --port: -1 (expected: 0..65535)
                    --port=http           | --port: http (expected: 0..65535)
                    --loops=0             | --loops: 0 (expected: 1..1024)
                    --loops=1025          | --loops: 1025 (expected: 1..1024)
                    --poller=kqueue       | --poller: kqueue (expected: auto or epoll or nio)
                    --idle=doze           | --idle: doze (expected: block or adaptive or spin)
                    --pin=some            | --pin: some (expected: none, cpu, node or CPUs such as
                    --socket=backlog      | --socket: backlog (expected: NAME=VALUE of no-delay,
                    --socket=speed=9      | --socket: speed=9 (expected: NAME=VALUE of no-delay,
                    --socket=backlog=0    | --socket: backlog=0: backlog: 0 (expected: >= 1)
                    --socket=priority=16  | --socket: priority=16: priority: 16 (expected: 0..15)
                    --socket=priority=a   | --socket: priority=a (expected: a number of at most
                    --socket=no-delay=1   | --socket: no-delay=1 (expected: on or off)
                    --lane=fast           | --lane: fast (expected: runner or direct)
                    --profile=wild        | --profile: wild (expected: mesh or edge)
                    --grace=-1            | --grace: -1 (expected: 0..86400)
                    --host=no.such.host.invalid | --host: no.such.host.invalid (expected: an
                    --tls-key=k           | --tls-cert: missing
                    --tls-cert=c          | --tls-key: missing
                    --client-ca=c         | --tls-cert: missing
                    """)
    void anOptionOutOfRangeIsOneLineWithWhatWasExpected(String option, String line) {
        Ran.of("serve", option).failedWith(2, line);
    }

    @Test
    void everySocketOptionIsTaken() throws Exception {
        ListenOptions listen =
                of(
                                "--socket=no-delay=off",
                                "--socket=quick-ack=on",
                                "--socket=send-buffer=1",
                                "--socket=receive-buffer=2",
                                "--socket=notsent-lowat=3",
                                "--socket=user-timeout=4",
                                "--socket=busy-poll=5",
                                "--socket=priority=6",
                                "--socket=defer-accept=7",
                                "--socket=fast-open=8",
                                "--socket=backlog=9")
                        .listen();
        assertThat(listen.socket()).isEqualTo(new SocketOptions(false, 1, 2, true, 4, 6, 5, 3));
        assertThat(listen)
                .isEqualTo(
                        new ListenOptions(9, true, 7, 8, ListenOptions.ANY_CPU, listen.socket()));
    }

    @Test
    void aCpuThatIsNotThereEndsTheCommandWithThoseThatAre() {
        Ran.of("serve", "--port=0", "--pin=8000")
                .failedWith(1, "pinning: CPU 8000 (expected: of 0");
    }

    @Test
    void aUnixHostHasNoPort() {
        Ran.of("serve", "--host=unix:/tmp/s", "--port=1").failedWith(2, "--port: 1");
        Ran.of("serve", "--host=").failedWith(2, "--host: ''", "expected: an address");
        Ran.of("serve", "--unix=a\0b").failedWith(2, "--unix", "(expected: a path)");
    }
}

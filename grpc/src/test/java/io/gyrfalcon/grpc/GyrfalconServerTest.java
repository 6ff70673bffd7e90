package io.gyrfalcon.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.InternalServer;
import io.grpc.ServerServiceDefinition;
import io.grpc.util.MutableHandlerRegistry;
import io.gyrfalcon.grpc.server.ServerOptions;
import io.gyrfalcon.grpc.server.ServerPort;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

@Timeout(120)
final class GyrfalconServerTest {
    private final List<String> notes = new ArrayList<>();
    private final FakePort port = new FakePort();
    private IOException openFailure;
    private Context root;
    private List<SocketAddress> addresses = List.of(new InetSocketAddress("127.0.0.1", 4711));

    /** Notes what it is asked to do, and ends when the test says so. */
    private final class FakePort implements ServerPort {
        private Runnable whenTerminated;

        @Override
        public List<SocketAddress> addresses() {
            return new ArrayList<>(addresses);
        }

        @Override
        public long requestsWithoutTe() {
            return 3;
        }

        @Override
        public long connectionFaults() {
            return 4;
        }

        @Override
        public void stopListening() {
            notes.add("stop listening");
        }

        @Override
        public void drain() {
            notes.add("drain");
        }

        @Override
        public void closeNow(int statusCode, String text) {
            notes.add("close now " + statusCode + " " + text);
        }

        @Override
        public void onTerminated(Runnable task) {
            whenTerminated = task;
        }
    }

    private ServerPort open(ServerOptions options, Context root) throws IOException {
        notes.add("open");
        this.root = root;
        if (openFailure != null) throw openFailure;
        return port;
    }

    private GyrfalconServer server(ServerSetup setup) {
        return new GyrfalconServer(setup.options(), this::open);
    }

    private GyrfalconServer server() {
        return server(setup());
    }

    private static ServerSetup setup() {
        return new ServerSetup(new InetSocketAddress(0), Security.PLAIN, false);
    }

    private static ServerServiceDefinition service(String name) {
        return ServerServiceDefinition.builder(name).build();
    }

    @Test
    void startsOnce() throws IOException {
        GyrfalconServer server = server();
        assertThat(server.start()).isSameAs(server);
        assertThatThrownBy(server::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Already started");
        assertThat(notes).containsExactly("open");
    }

    @Test
    void countsAreThoseOfItsPort() throws IOException {
        GyrfalconServer server = server();
        assertThat(server.requestsWithoutTe()).isZero();
        assertThat(server.connectionFaults()).isZero();
        server.start();
        assertThat(server.requestsWithoutTe()).isEqualTo(3);
        assertThat(server.connectionFaults()).isEqualTo(4);
    }

    @Test
    void mayBeStartedAgainAfterAFailure() throws IOException {
        GyrfalconServer server = server();
        openFailure = new IOException("port is taken");
        assertThatThrownBy(server::start).isSameAs(openFailure);
        assertThatThrownBy(server::getPort).isInstanceOf(IllegalStateException.class);
        openFailure = null;
        server.start();
        assertThat(server.getPort()).isEqualTo(4711);
    }

    @Test
    void doesNotStartAfterShutdown() {
        GyrfalconServer server = server();
        assertThat(server.shutdown()).isSameAs(server);
        assertThat(server.isShutdown()).isTrue();
        assertThat(server.isTerminated()).isTrue();
        assertThatThrownBy(server::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Shutting down");
        assertThat(notes).isEmpty();
    }

    @Test
    void hasAPortWhileItIsThere() throws IOException {
        GyrfalconServer server = server();
        assertThatThrownBy(server::getPort)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Not started");
        assertThatThrownBy(server::getListenSockets)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Not started");
        server.start();
        assertThat(server.getPort()).isEqualTo(4711);
        server.shutdown();
        assertThat(server.getPort()).isEqualTo(4711);
        port.whenTerminated.run();
        assertThatThrownBy(server::getPort)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Already terminated");
    }

    @Test
    void thePortIsThatOfTheFirstTcpAddress() throws IOException {
        UnixDomainSocketAddress unix = UnixDomainSocketAddress.of("/tmp/socket");
        addresses = List.of(unix, new InetSocketAddress("127.0.0.1", 7));
        GyrfalconServer server = server();
        server.start();
        assertThat(server.getPort()).isEqualTo(7);
        assertThat(server.getListenSockets()).isEqualTo(addresses).isUnmodifiable();
        addresses = List.of(unix);
        assertThat(server.getPort()).isEqualTo(-1);
    }

    @Test
    void shutdownStopsListeningBeforeItDrains() throws IOException {
        GyrfalconServer server = server();
        server.start();
        assertThat(server.isShutdown()).isFalse();
        server.shutdown();
        server.shutdown();
        assertThat(notes).containsExactly("open", "stop listening", "drain");
        assertThat(server.isShutdown()).isTrue();
        assertThat(server.isTerminated()).isFalse();
        port.whenTerminated.run();
        assertThat(server.isTerminated()).isTrue();
    }

    @Test
    void shutdownNowEndsCallsOnce() throws IOException {
        GyrfalconServer server = server();
        server.start();
        assertThat(server.shutdownNow()).isSameAs(server);
        server.shutdownNow();
        server.shutdown();
        assertThat(notes)
                .containsExactly(
                        "open",
                        "stop listening",
                        "drain",
                        "close now 14 Server shutdownNow invoked");
    }

    @Test
    void shutdownNowBeforeStartIsTheEnd() {
        GyrfalconServer server = server();
        server.shutdownNow();
        assertThat(server.isTerminated()).isTrue();
        assertThat(notes).isEmpty();
    }

    @Test
    void waitsForItsTermination() throws Exception {
        GyrfalconServer server = server();
        server.start();
        server.shutdown();
        assertThat(server.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(server.awaitTermination(-1, TimeUnit.SECONDS)).isFalse();
        Thread waiting = Thread.ofVirtual().start(() -> awaitQuietly(server));
        port.whenTerminated.run();
        waiting.join();
        server.awaitTermination();
        assertThat(server.awaitTermination(0, TimeUnit.SECONDS)).isTrue();
        assertThat(server.awaitTermination(1, TimeUnit.DAYS)).isTrue();
    }

    private static void awaitQuietly(GyrfalconServer server) {
        try {
            assert server.awaitTermination(1, TimeUnit.DAYS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void listsRegisteredServicesBeforeThoseOfTheFallback() {
        MutableHandlerRegistry registry = new MutableHandlerRegistry();
        BindableService bindable = () -> service("b.B");
        GyrfalconServer server =
                server(
                        setup().addService(service("a.A"))
                                .addService(bindable)
                                .fallbackHandlerRegistry(registry));
        assertThat(server.getServices()).isSameAs(server.getImmutableServices());
        assertThat(server.getMutableServices()).isEmpty();
        registry.addService(service("c.C"));
        assertThat(server.getServices())
                .extracting(s -> s.getServiceDescriptor().getName())
                .containsExactly("a.A", "b.B", "c.C");
        assertThat(server.getServices()).isUnmodifiable();
        assertThat(server.getImmutableServices()).hasSize(2).isUnmodifiable();
        assertThat(server.getMutableServices()).hasSize(1).isUnmodifiable();
    }

    @Test
    void theContextOfCallsNamesTheServer() throws IOException {
        GyrfalconServer server = server();
        Context.Key<String> key = Context.key("of the starter");
        Context.current().withValue(key, "x").run(() -> startQuietly(server));
        assertThat(InternalServer.SERVER_CONTEXT_KEY.get(root)).isSameAs(server);
        assertThat(key.get(root)).isNull();
    }

    private static void startQuietly(GyrfalconServer server) {
        try {
            server.start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void isNamedByItsAddresses() {
        assertThat(server().toString()).startsWith("GyrfalconServer{").contains("0.0.0.0");
    }
}

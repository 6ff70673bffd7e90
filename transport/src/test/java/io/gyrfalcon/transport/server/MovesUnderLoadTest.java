package io.gyrfalcon.transport.server;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.eventloop.LoopSettings;
import io.gyrfalcon.eventloop.PollerKind;
import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.tls.Client;
import io.gyrfalcon.tls.Fixtures;
import io.gyrfalcon.tls.TlsSettings;
import io.gyrfalcon.transport.fixtures.RawClient;
import io.gyrfalcon.transport.fixtures.SocketClient;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Real sockets whose connections move all the time while calls are made on them. */
class MovesUnderLoadTest {
    private static final int CLIENTS = 4;
    private static final int CALLS = 1500;

    /** Answers every message with itself, at the end of the request. */
    private static final class Mirror implements CallEvents {
        private final ServerCall call;
        private final List<byte[]> messages = new ArrayList<>();

        Mirror(ServerCall call) {
            this.call = call;
        }

        @Override
        public void onStart() {}

        @Override
        public void onMessage(
                MemorySegment bytes,
                long offset,
                int length,
                boolean compressed,
                Slab home,
                boolean last) {
            messages.add(bytes.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
            if (home != null) home.release();
            if (last) onHalfClose();
        }

        @Override
        public void onHalfClose() {
            call.sendHeaders(Played.HEAD, null, 0);
            for (byte[] message : messages) {
                SlabChain chain = call.beginMessage(5 + message.length);
                byte[] prefixed = RawClient.prefixed(message);
                chain.append(prefixed, 0, prefixed.length);
                call.endMessage();
            }
            call.sendTrailers(0, null, 0);
        }

        @Override
        public boolean wantsMessages() {
            return true;
        }

        @Override
        public void onReady() {}

        @Override
        public void onSent() {}

        @Override
        public void onBroken(int code, String description) {
            call.sendTrailers(code, null, 0);
        }

        @Override
        public void onClosed(boolean reset) {
            call.release();
        }
    }

    /** Knows the connections, and who has served them. */
    private static final class Mirrors implements CallAcceptor {
        final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
        final AtomicLong arrivals = new AtomicLong();
        final AtomicInteger strays = new AtomicInteger();

        @Override
        public Route route(String path) {
            return () -> false;
        }

        @Override
        public CallEvents onCall(ServerCall call) {
            ServerConnection connection = call.connection();
            if (!connection.loop().inLoop() || !connection.isOn(connection.loop())) {
                strays.incrementAndGet();
            }
            return new Mirror(call);
        }

        @Override
        public void onConnected(ServerConnection connection) {
            connections.add(connection);
        }

        @Override
        public void onArrived(ServerConnection connection) {
            arrivals.incrementAndGet();
        }

        @Override
        public void onDisconnected(ServerConnection connection) {
            connections.remove(connection);
        }
    }

    @ParameterizedTest
    @CsvSource({"EPOLL, false", "EPOLL, true", "NIO, false", "NIO, true"})
    void noCallNotices(PollerKind poller, boolean isSecure) throws Exception {
        Budget budget = new Budget(256L << 20);
        LoopGroup group =
                LoopGroup.start(LoopSettings.defaults().withPoller(poller).withLoops(2), budget);
        Mirrors mirrors = new Mirrors();
        TlsSettings tls = isSecure ? Fixtures.server("rsa") : null;
        ServerTransport server =
                ServerTransport.start(group, List.of(Rig.ANY), Rig.settings(), tls, mirrors);
        List<Thread> clients = new ArrayList<>();
        AtomicInteger whole = new AtomicInteger();
        for (int i = 0; i < CLIENTS; i++) {
            Random random = new Random(i);
            Socket socket = connect(server, isSecure);
            Thread client = new Thread(() -> exchange(new SocketClient(socket), random, whole));
            client.start();
            clients.add(client);
        }
        while (clients.stream().anyMatch(Thread::isAlive)) {
            for (ServerConnection connection : mirrors.connections) {
                connection.loop().post(on -> moveOn(connection, on, group));
            }
            Thread.sleep(0, 100_000);
        }
        assertThat(whole.get()).isEqualTo(CLIENTS);
        assertThat(mirrors.strays.get()).isZero();
        assertThat(mirrors.arrivals.get()).isPositive();
        server.stopListening();
        server.closeNow("the test is over");
        group.close();
        assertThat(server.connectionCount()).isZero();
        assertThat(budget.usedBytes()).isZero();
    }

    private static void moveOn(ServerConnection connection, Loop on, LoopGroup group) {
        if (connection.isOn(on)) connection.moveTo(group.loop(1 - on.index()));
    }

    private static Socket connect(ServerTransport server, boolean isSecure) throws IOException {
        InetSocketAddress address = (InetSocketAddress) server.addresses().getFirst();
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), address.getPort());
        plain.setSoTimeout(20_000);
        plain.setTcpNoDelay(true);
        if (!isSecure) return plain;
        SSLSocket secure =
                (SSLSocket)
                        Client.context(null)
                                .getSocketFactory()
                                .createSocket(plain, "localhost", address.getPort(), true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    private static void exchange(SocketClient connected, Random random, AtomicInteger whole) {
        try (SocketClient client = connected) {
            for (int i = 0; i < CALLS; i++) {
                String[] sent = new String[1 + random.nextInt(3)];
                for (int j = 0; j < sent.length; j++) sent[j] = text(random);
                assertThat(client.call("/a/b", sent)).containsExactly(sent);
            }
            whole.incrementAndGet();
        }
    }

    private static String text(Random random) {
        int length = random.nextInt(20) == 0 ? 30_000 : random.nextInt(300);
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return new String(bytes, ISO_8859_1);
    }
}

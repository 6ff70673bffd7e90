package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.InternalChannelz;
import io.grpc.InternalChannelz.ServerStats;
import io.grpc.InternalChannelz.SocketStats;
import io.grpc.InternalInstrumented;

import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;

final class ChannelzServerTest {
    private static final SocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 5000);
    private final InternalChannelz channelz = new InternalChannelz();

    /** A connection whose numbers all follow from one. */
    private record Numbers(long base, SSLSession tlsSession) implements ConnectionView {
        @Override
        public SocketAddress localAddress() {
            return ADDRESS;
        }

        @Override
        public SocketAddress remoteAddress() {
            return new InetSocketAddress("127.0.0.1", 6000);
        }

        @Override
        public long callsStarted() {
            return base;
        }

        @Override
        public long callsSucceeded() {
            return base + 1;
        }

        @Override
        public long callsFailed() {
            return base + 2;
        }

        @Override
        public long lastCallStartedNanos() {
            return base + 3;
        }

        @Override
        public long messagesSent() {
            return base + 4;
        }

        @Override
        public long messagesReceived() {
            return base + 5;
        }

        @Override
        public long lastMessageSentNanos() {
            return base + 6;
        }

        @Override
        public long lastMessageReceivedNanos() {
            return base + 7;
        }

        @Override
        public long keepAlivesSent() {
            return base + 8;
        }

        @Override
        public long localWindowBytes() {
            return base + 9;
        }

        @Override
        public long remoteWindowBytes() {
            return base + 10;
        }

        @Override
        public void aside(Runnable task) {
            task.run();
        }
    }

    private static ServerStats stats(ChannelzServer server) throws Exception {
        return server.getStats().get();
    }

    @Test
    void aServerIsListedFromStartToEnd() throws Exception {
        ChannelzServer server = ChannelzServer.register(channelz, List.of(ADDRESS));
        long id = server.getLogId().getId();
        assertThat(channelz.getServer(id)).isSameAs(server);
        server.onListening(List.of(ADDRESS));
        InternalInstrumented<SocketStats> listener = stats(server).listenSockets.getFirst();
        assertThat(channelz.getSocket(listener.getLogId().getId())).isSameAs(listener);
        assertThat(listener.getStats().get().local).isEqualTo(ADDRESS);
        assertThat(listener.getStats().get().remote).isNull();
        server.onTerminated();
        assertThat(channelz.getServer(id)).isNull();
        assertThat(channelz.getSocket(listener.getLogId().getId())).isNull();
    }

    @Test
    void listenersMayEndBeforeTheServer() throws Exception {
        ChannelzServer server = ChannelzServer.register(channelz, List.of(ADDRESS));
        server.onListening(List.of(ADDRESS, new InetSocketAddress("127.0.0.1", 5001)));
        assertThat(stats(server).listenSockets).hasSize(2);
        server.onListenersClosed();
        assertThat(stats(server).listenSockets).isEmpty();
        assertThat(channelz.getServer(server.getLogId().getId())).isNotNull();
    }

    @Test
    void countsOfConnectionsAddUpAlsoAfterTheirEnd() throws Exception {
        ChannelzServer server = ChannelzServer.register(channelz, List.of(ADDRESS));
        Object first = server.onOpened(new Numbers(10, null));
        server.onOpened(new Numbers(100, null));
        for (int i = 0; i < 2; i++) {
            ServerStats stats = stats(server);
            assertThat(stats.callsStarted).isEqualTo(110);
            assertThat(stats.callsSucceeded).isEqualTo(112);
            assertThat(stats.callsFailed).isEqualTo(114);
            assertThat(stats.lastCallStartedNanos).isEqualTo(103);
            server.onClosed(first);
            server.onClosed(first);
        }
        server.onClosed(null);
        long id = server.getLogId().getId();
        assertThat(channelz.getServerSockets(id, 0, 10).sockets).hasSize(1);
    }

    @Test
    void aConnectionShowsItsNumbers() throws Exception {
        ChannelzServer server = ChannelzServer.register(channelz, List.of(ADDRESS));
        ChannelzSocket socket = (ChannelzSocket) server.onOpened(new Numbers(10, null));
        SocketStats stats = socket.getStats().get();
        assertThat(stats.local).isEqualTo(ADDRESS);
        assertThat(stats.remote).isEqualTo(new InetSocketAddress("127.0.0.1", 6000));
        assertThat(stats.security).isNull();
        assertThat(stats.data.streamsStarted).isEqualTo(10);
        assertThat(stats.data.streamsSucceeded).isEqualTo(11);
        assertThat(stats.data.streamsFailed).isEqualTo(12);
        assertThat(stats.data.lastRemoteStreamCreatedTimeNanos).isEqualTo(13);
        assertThat(stats.data.messagesSent).isEqualTo(14);
        assertThat(stats.data.messagesReceived).isEqualTo(15);
        assertThat(stats.data.lastMessageSentTimeNanos).isEqualTo(16);
        assertThat(stats.data.lastMessageReceivedTimeNanos).isEqualTo(17);
        assertThat(stats.data.keepAlivesSent).isEqualTo(18);
        assertThat(stats.data.localFlowControlWindow).isEqualTo(19);
        assertThat(stats.data.remoteFlowControlWindow).isEqualTo(20);
        assertThat(socket.toString()).contains("ServerSocket");
        assertThat(channelz.getSocket(socket.getLogId().getId())).isSameAs(socket);
    }

    @Test
    void aConnectionShowsItsSecurity() throws Exception {
        ChannelzServer server = ChannelzServer.register(channelz, List.of(ADDRESS));
        SSLSession session = SSLContext.getDefault().createSSLEngine().getSession();
        ChannelzSocket socket = (ChannelzSocket) server.onOpened(new Numbers(1, session));
        assertThat(socket.getStats().get().security.tls.cipherSuiteStandardName)
                .isEqualTo(session.getCipherSuite());
    }

    @Test
    void theProcessHasOneRegistry() {
        ConnectionWatch watch = ChannelzServer.orNone(List.of(ADDRESS));
        assertThat(watch).isInstanceOf(ChannelzServer.class);
        ChannelzServer server = (ChannelzServer) watch;
        long id = server.getLogId().getId();
        assertThat(InternalChannelz.instance().getServer(id)).isSameAs(server);
        assertThat(server.toString()).contains("Server").contains("5000");
        watch.onTerminated();
        assertThat(InternalChannelz.instance().getServer(id)).isNull();
    }

    @Test
    void nobodyWatchingIsToldNothing() {
        ConnectionWatch none = ConnectionWatch.NONE;
        none.onListening(List.of(ADDRESS));
        Object token = none.onOpened(new Numbers(1, null));
        assertThat(token).isNull();
        none.onClosed(token);
        none.onListenersClosed();
        none.onTerminated();
    }
}

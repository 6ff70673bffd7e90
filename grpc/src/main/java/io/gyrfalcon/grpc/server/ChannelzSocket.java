package io.gyrfalcon.grpc.server;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;

import io.grpc.InternalChannelz.Security;
import io.grpc.InternalChannelz.SocketOptions;
import io.grpc.InternalChannelz.SocketStats;
import io.grpc.InternalChannelz.Tls;
import io.grpc.InternalChannelz.TransportStats;
import io.grpc.InternalInstrumented;
import io.grpc.InternalLogId;

import javax.net.ssl.SSLSession;

/** A connection as channelz shows it. Any thread. */
final class ChannelzSocket implements InternalInstrumented<SocketStats> {
    private final ConnectionView connection;
    private final InternalLogId id;

    ChannelzSocket(ConnectionView connection) {
        this.connection = connection;
        this.id = InternalLogId.allocate("ServerSocket", connection.remoteAddress().toString());
    }

    ConnectionView connection() {
        return connection;
    }

    @Override
    public ListenableFuture<SocketStats> getStats() {
        SettableFuture<SocketStats> stats = SettableFuture.create();
        SSLSession session = connection.tlsSession();
        stats.set(
                new SocketStats(
                        transportStats(),
                        connection.localAddress(),
                        connection.remoteAddress(),
                        new SocketOptions.Builder().build(),
                        session == null ? null : new Security(new Tls(session))));
        return stats;
    }

    private TransportStats transportStats() {
        return new TransportStats(
                connection.callsStarted(),
                0,
                connection.lastCallStartedNanos(),
                connection.callsSucceeded(),
                connection.callsFailed(),
                connection.messagesSent(),
                connection.messagesReceived(),
                connection.keepAlivesSent(),
                connection.lastMessageSentNanos(),
                connection.lastMessageReceivedNanos(),
                connection.localWindowBytes(),
                connection.remoteWindowBytes());
    }

    @Override
    public InternalLogId getLogId() {
        return id;
    }

    @Override
    public String toString() {
        return id.toString();
    }
}

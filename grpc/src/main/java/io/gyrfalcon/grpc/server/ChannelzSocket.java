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
public final class ChannelzSocket implements InternalInstrumented<SocketStats> {
    private final ConnectionView connection;
    private final boolean isOurs;
    private final InternalLogId id;

    ChannelzSocket(ConnectionView connection) {
        this(connection, false);
    }

    private ChannelzSocket(ConnectionView connection, boolean isOurs) {
        this.connection = connection;
        this.isOurs = isOurs;
        String type = isOurs ? "ClientSocket" : "ServerSocket";
        this.id = InternalLogId.allocate(type, connection.remoteAddress().toString());
    }

    /** A connection that we have made. */
    public static ChannelzSocket ofClient(ConnectionView connection) {
        return new ChannelzSocket(connection, true);
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
        long lastStarted = connection.lastCallStartedNanos();
        return new TransportStats(
                connection.callsStarted(),
                isOurs ? lastStarted : 0,
                isOurs ? 0 : lastStarted,
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

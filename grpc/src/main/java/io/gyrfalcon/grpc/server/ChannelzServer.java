package io.gyrfalcon.grpc.server;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;

import io.grpc.InternalChannelz;
import io.grpc.InternalChannelz.ServerStats;
import io.grpc.InternalChannelz.SocketStats;
import io.grpc.InternalInstrumented;
import io.grpc.InternalLogId;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A server as channelz shows it. Any thread; guarded by itself. Needs Guava, which the rest of the
 * engine does not: {@link #orNone} is the only way in.
 */
public final class ChannelzServer implements InternalInstrumented<ServerStats>, ConnectionWatch {
    private final InternalChannelz channelz;
    private final InternalLogId id;
    private final List<InternalInstrumented<SocketStats>> listeners = new ArrayList<>();
    private final Set<ChannelzSocket> sockets = new HashSet<>();
    private long startedBefore;
    private long succeededBefore;
    private long failedBefore;
    private long lastStartedNanosBefore;

    ChannelzServer(InternalChannelz channelz, List<SocketAddress> addresses) {
        this.channelz = channelz;
        this.id = InternalLogId.allocate("Server", addresses.toString());
    }

    /** Registers a server, or does nothing where Guava is absent. */
    public static ConnectionWatch orNone(List<SocketAddress> addresses) {
        try {
            Class.forName(
                    "com.google.common.util.concurrent.SettableFuture",
                    false,
                    ChannelzServer.class.getClassLoader());
        } catch (ClassNotFoundException absent) {
            return NONE;
        }
        return register(InternalChannelz.instance(), addresses);
    }

    static ChannelzServer register(InternalChannelz channelz, List<SocketAddress> addresses) {
        ChannelzServer server = new ChannelzServer(channelz, addresses);
        channelz.addServer(server);
        return server;
    }

    @Override
    public synchronized void onListening(List<SocketAddress> addresses) {
        for (SocketAddress address : addresses) {
            ChannelzListener listener = new ChannelzListener(address);
            listeners.add(listener);
            channelz.addListenSocket(listener);
        }
    }

    @Override
    public synchronized void onListenersClosed() {
        for (InternalInstrumented<SocketStats> listener : listeners) {
            channelz.removeListenSocket(listener);
        }
        listeners.clear();
    }

    @Override
    public synchronized Object onOpened(ConnectionView connection) {
        ChannelzSocket socket = new ChannelzSocket(connection);
        sockets.add(socket);
        channelz.addServerSocket(this, socket);
        return socket;
    }

    @Override
    public synchronized void onClosed(@Nullable Object token) {
        if (!(token instanceof ChannelzSocket socket) || !sockets.remove(socket)) return;
        ConnectionView gone = socket.connection();
        startedBefore += gone.callsStarted();
        succeededBefore += gone.callsSucceeded();
        failedBefore += gone.callsFailed();
        lastStartedNanosBefore = Math.max(lastStartedNanosBefore, gone.lastCallStartedNanos());
        channelz.removeServerSocket(this, socket);
    }

    @Override
    public synchronized void onTerminated() {
        onListenersClosed();
        channelz.removeServer(this);
    }

    @Override
    public InternalLogId getLogId() {
        return id;
    }

    @Override
    public ListenableFuture<ServerStats> getStats() {
        SettableFuture<ServerStats> stats = SettableFuture.create();
        stats.set(stats());
        return stats;
    }

    private synchronized ServerStats stats() {
        long started = startedBefore;
        long succeeded = succeededBefore;
        long failed = failedBefore;
        long lastStartedNanos = lastStartedNanosBefore;
        for (ChannelzSocket socket : sockets) {
            ConnectionView connection = socket.connection();
            started += connection.callsStarted();
            succeeded += connection.callsSucceeded();
            failed += connection.callsFailed();
            lastStartedNanos = Math.max(lastStartedNanos, connection.lastCallStartedNanos());
        }
        return new ServerStats.Builder()
                .setCallsStarted(started)
                .setCallsSucceeded(succeeded)
                .setCallsFailed(failed)
                .setLastCallStartedNanos(lastStartedNanos)
                .addListenSockets(listeners)
                .build();
    }

    @Override
    public String toString() {
        return id.toString();
    }
}

package io.gyrfalcon.grpc.server;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;

import io.grpc.InternalChannelz.SocketOptions;
import io.grpc.InternalChannelz.SocketStats;
import io.grpc.InternalInstrumented;
import io.grpc.InternalLogId;

import java.net.SocketAddress;

/** A listening socket as channelz shows it. Immutable. */
final class ChannelzListener implements InternalInstrumented<SocketStats> {
    private final SocketAddress address;
    private final InternalLogId id;

    ChannelzListener(SocketAddress address) {
        this.address = address;
        this.id = InternalLogId.allocate("ListenSocket", address.toString());
    }

    @Override
    public ListenableFuture<SocketStats> getStats() {
        SettableFuture<SocketStats> stats = SettableFuture.create();
        SocketOptions options = new SocketOptions.Builder().build();
        stats.set(new SocketStats(null, address, null, options, null));
        return stats;
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

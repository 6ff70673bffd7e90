package io.gyrfalcon.grpc.client;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.transport.client.CallStatus;
import io.gyrfalcon.transport.client.NameEvents;
import io.gyrfalcon.transport.client.NameResolution;

import java.net.SocketAddress;
import java.util.List;
import java.util.random.RandomGenerator;

/** A target that is the name of a host. Loop-owned. */
@LoopOwned
final class DnsResolution implements Resolution, NameEvents {
    /** How long addresses hold: as long as the JDK's own cache, by grpc-java's default. */
    private static final long TTL_NANOS = 30_000_000_000L;

    private final NameResolution names;
    private final ResolutionEvents events;

    DnsResolution(
            Loop loop,
            String host,
            int port,
            ChannelOptions options,
            RandomGenerator random,
            ResolutionEvents events) {
        this.events = events;
        names =
                new NameResolution(
                        loop,
                        host,
                        port,
                        TTL_NANOS,
                        new ProxiedLookup(options.naming().proxies(), options.lookup()),
                        options.offload(),
                        random,
                        this);
    }

    @Override
    public void start() {
        names.refresh();
    }

    @Override
    public void refresh() {
        names.refresh();
    }

    @Override
    public void close() {
        names.close();
    }

    @Override
    public void onAddresses(List<SocketAddress> addresses) {
        events.onResolved(Resolved.of(addresses));
    }

    @Override
    public void onFailure(CallStatus status) {
        events.onUnresolved(Statuses.of(status));
    }
}

package io.gyrfalcon.grpc.client;

import io.gyrfalcon.primitives.LoopOwned;

import java.net.SocketAddress;
import java.util.List;

/** A target that is an address already. Loop-owned. */
@LoopOwned
final class AddressResolution implements Resolution {
    private final SocketAddress address;
    private final ResolutionEvents events;

    AddressResolution(SocketAddress address, ResolutionEvents events) {
        this.address = address;
        this.events = events;
    }

    @Override
    public void start() {
        events.onResolved(Resolved.of(List.of(address)));
    }

    @Override
    public void refresh() {}

    @Override
    public void close() {}
}

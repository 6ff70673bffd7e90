package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;

import java.net.SocketAddress;
import java.util.List;

/**
 * What a resolution has found. Immutable.
 *
 * @param servers each under all its addresses
 * @param attributes of all of it
 */
record Resolved(List<EquivalentAddressGroup> servers, Attributes attributes) {
    /** Servers with an address each. */
    static Resolved of(List<? extends SocketAddress> addresses) {
        return new Resolved(
                addresses.stream()
                        .map(address -> new EquivalentAddressGroup((SocketAddress) address))
                        .toList(),
                Attributes.EMPTY);
    }
}

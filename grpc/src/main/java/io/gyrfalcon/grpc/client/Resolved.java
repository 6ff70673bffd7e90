package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InternalConfigSelector;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;
import java.util.List;

/**
 * What a resolution has found. Immutable.
 *
 * @param servers each under all its addresses
 * @param attributes of all of it
 * @param config what counts from now on; {@code null}: the channel's own
 * @param selector of a config for each call, or {@code null}
 */
record Resolved(
        List<EquivalentAddressGroup> servers,
        Attributes attributes,
        @Nullable Configuration config,
        @Nullable InternalConfigSelector selector) {
    /** Servers with an address each. */
    static Resolved of(List<? extends SocketAddress> addresses) {
        return new Resolved(
                addresses.stream()
                        .map(address -> new EquivalentAddressGroup((SocketAddress) address))
                        .toList(),
                Attributes.EMPTY,
                null,
                null);
    }
}

/**
 * The client's end of gRPC over HTTP/2: connections and calls as slices of bytes.
 *
 * <p>Everything here is loop-owned unless it says otherwise.
 *
 * <p>Public: {@link io.gyrfalcon.transport.client.CallStatus}, {@link
 * io.gyrfalcon.transport.client.ClientCall}, {@link
 * io.gyrfalcon.transport.client.ClientCallEvents}, {@link
 * io.gyrfalcon.transport.client.ClientConnection}, {@link
 * io.gyrfalcon.transport.client.ClientFlags}, {@link io.gyrfalcon.transport.client.ClientSettings},
 * {@link io.gyrfalcon.transport.client.ConnectionEvents}, {@link
 * io.gyrfalcon.transport.client.Destination}, {@link io.gyrfalcon.transport.client.Endpoint},
 * {@link io.gyrfalcon.transport.client.EndpointEvents}, {@link
 * io.gyrfalcon.transport.client.HttpProxy}, {@link io.gyrfalcon.transport.client.NameEvents},
 * {@link io.gyrfalcon.transport.client.NameLookup}, {@link
 * io.gyrfalcon.transport.client.NameResolution}, {@link io.gyrfalcon.transport.client.PendingCall},
 * {@link io.gyrfalcon.transport.client.PoolSettings}, {@link
 * io.gyrfalcon.transport.client.RequestHeads}, {@link io.gyrfalcon.transport.client.ResponseHead}.
 */
@NullMarked
package io.gyrfalcon.transport.client;

import org.jspecify.annotations.NullMarked;

/**
 * The server's end of gRPC over HTTP/2: listeners, connections and calls as slices of bytes.
 *
 * <p>Everything here is loop-owned unless it says otherwise.
 *
 * <p>Public: {@link io.gyrfalcon.transport.server.CallAcceptor}, {@link
 * io.gyrfalcon.transport.server.CallEvents}, {@link io.gyrfalcon.transport.server.Route}, {@link
 * io.gyrfalcon.transport.server.ServerCall}, {@link
 * io.gyrfalcon.transport.server.ServerConnection}, {@link
 * io.gyrfalcon.transport.server.ServerSettings}, {@link
 * io.gyrfalcon.transport.server.ServerTransport}, {@link
 * io.gyrfalcon.transport.server.TransportFlags}.
 */
@NullMarked
package io.gyrfalcon.transport.server;

import org.jspecify.annotations.NullMarked;

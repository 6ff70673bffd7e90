/**
 * The pieces of the gRPC over HTTP/2 protocol as pure functions and small states over bytes.
 *
 * <p>Nothing here knows sockets, streams or threads. What a peer gets wrong is an outcome, never an
 * exception.
 *
 * <p>Public: {@link io.gyrfalcon.transport.wire.MessageReader}, {@link
 * io.gyrfalcon.transport.wire.MessageSink}, {@link io.gyrfalcon.transport.wire.TimeoutText}, {@link
 * io.gyrfalcon.transport.wire.StatusText}, {@link io.gyrfalcon.transport.wire.StatusCode}, {@link
 * io.gyrfalcon.transport.wire.ContentTypes}, {@link io.gyrfalcon.transport.wire.HttpStatus}, {@link
 * io.gyrfalcon.transport.wire.FaultText}.
 */
@NullMarked
package io.gyrfalcon.transport.wire;

import org.jspecify.annotations.NullMarked;

/**
 * The server's end of gRPC over HTTP/2: listeners, connections and calls as slices of bytes.
 *
 * <p>Everything here is loop-owned unless it says otherwise.
 */
@NullMarked
package io.gyrfalcon.transport.server;

import org.jspecify.annotations.NullMarked;

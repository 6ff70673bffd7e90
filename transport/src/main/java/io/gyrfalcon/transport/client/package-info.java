/**
 * The client's end of gRPC over HTTP/2: connections and calls as slices of bytes.
 *
 * <p>Everything here is loop-owned unless it says otherwise.
 */
@NullMarked
package io.gyrfalcon.transport.client;

import org.jspecify.annotations.NullMarked;

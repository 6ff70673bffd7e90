/** gRPC over HTTP/2 without io.grpc. */
@NullMarked
package io.gyrfalcon.transport;

import org.jspecify.annotations.NullMarked;

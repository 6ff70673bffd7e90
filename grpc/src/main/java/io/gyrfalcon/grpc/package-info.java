/**
 * Adapters to the public io.grpc API.
 *
 * <p>Public: {@link io.gyrfalcon.grpc.GyrfalconChannelBuilder}, {@link
 * io.gyrfalcon.grpc.GyrfalconChannelProvider}, {@link io.gyrfalcon.grpc.GyrfalconServer}, {@link
 * io.gyrfalcon.grpc.GyrfalconServerBuilder}, {@link io.gyrfalcon.grpc.GyrfalconServerProvider}.
 */
@NullMarked
package io.gyrfalcon.grpc;

import org.jspecify.annotations.NullMarked;

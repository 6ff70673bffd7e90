/**
 * The few HTTP/2 frames that the drivers write themselves.
 *
 * <p>Public: {@link io.gyrfalcon.bench.wire.Frames}, {@link
 * io.gyrfalcon.bench.wire.GreeterConnection}.
 */
@NullMarked
package io.gyrfalcon.bench.wire;

import org.jspecify.annotations.NullMarked;

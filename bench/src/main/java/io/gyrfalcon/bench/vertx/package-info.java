/**
 * The greeter on Vert.x, the second peer.
 *
 * <p>Public: {@link io.gyrfalcon.bench.vertx.VertxGreeterServer}.
 */
@NullMarked
package io.gyrfalcon.bench.vertx;

import org.jspecify.annotations.NullMarked;

/**
 * Many connections that do nothing.
 *
 * <p>Public: {@link io.gyrfalcon.bench.idle.IdleConnections}.
 */
@NullMarked
package io.gyrfalcon.bench.idle;

import org.jspecify.annotations.NullMarked;

/**
 * Open-loop load: a fixed rate, timed from the intended start.
 *
 * <p>Public: {@link io.gyrfalcon.bench.openloop.OpenLoop}.
 */
@NullMarked
package io.gyrfalcon.bench.openloop;

import org.jspecify.annotations.NullMarked;

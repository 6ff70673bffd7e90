/**
 * Measures whole servers side by side; nothing here ships.
 *
 * <p>Public: {@link io.gyrfalcon.bench.Arguments}, {@link io.gyrfalcon.bench.Phases}.
 */
@NullMarked
package io.gyrfalcon.bench;

import org.jspecify.annotations.NullMarked;

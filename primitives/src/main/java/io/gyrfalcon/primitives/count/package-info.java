/**
 * Measures that one thread writes and any thread reads. Public: {@link
 * io.gyrfalcon.primitives.count.Counter}, {@link io.gyrfalcon.primitives.count.LatencyHistogram},
 * {@link io.gyrfalcon.primitives.count.LatencySnapshot}.
 */
@NullMarked
package io.gyrfalcon.primitives.count;

import org.jspecify.annotations.NullMarked;

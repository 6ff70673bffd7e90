/**
 * The mixed run: calls of every kind, cancelled, reset and dropped.
 *
 * <p>Public: {@link io.gyrfalcon.bench.soak.MixedLoad}, {@link io.gyrfalcon.bench.soak.Soak},
 * {@link io.gyrfalcon.bench.soak.Tally}.
 */
@NullMarked
package io.gyrfalcon.bench.soak;

import org.jspecify.annotations.NullMarked;

/** The mixed run: calls of every kind, cancelled, reset and dropped. */
@NullMarked
package io.gyrfalcon.bench.soak;

import org.jspecify.annotations.NullMarked;

/**
 * One call at a time, by a client that waits in either way.
 *
 * <p>Public: {@link io.gyrfalcon.bench.spin.OneByOne}.
 */
@NullMarked
package io.gyrfalcon.bench.spin;

import org.jspecify.annotations.NullMarked;

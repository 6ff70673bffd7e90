/** One call at a time, by a client that waits in either way. */
@NullMarked
package io.gyrfalcon.bench.spin;

import org.jspecify.annotations.NullMarked;

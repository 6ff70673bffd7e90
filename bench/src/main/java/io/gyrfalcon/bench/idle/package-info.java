/** Many connections that do nothing. */
@NullMarked
package io.gyrfalcon.bench.idle;

import org.jspecify.annotations.NullMarked;

/** Open-loop load: a fixed rate, timed from the intended start. */
@NullMarked
package io.gyrfalcon.bench.openloop;

import org.jspecify.annotations.NullMarked;

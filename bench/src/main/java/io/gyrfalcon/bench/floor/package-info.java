/**
 * What no engine can be below: the loop, and an answer that is ready. Public: {@link
 * io.gyrfalcon.bench.floor.FixedAnswersServer}.
 */
@NullMarked
package io.gyrfalcon.bench.floor;

import org.jspecify.annotations.NullMarked;

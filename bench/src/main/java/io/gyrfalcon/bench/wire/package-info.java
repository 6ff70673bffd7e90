/** The few HTTP/2 frames that the drivers write themselves. */
@NullMarked
package io.gyrfalcon.bench.wire;

import org.jspecify.annotations.NullMarked;

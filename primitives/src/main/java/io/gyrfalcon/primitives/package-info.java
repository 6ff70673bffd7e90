/** What the JDK lacks: slabs, counters, timers, snapshots, flags. */
@NullMarked
package io.gyrfalcon.primitives;

import org.jspecify.annotations.NullMarked;

/** What only our own engine can tell of itself; loaded where the engine is on the class path. */
@NullMarked
package io.gyrfalcon.bench.engine;

import org.jspecify.annotations.NullMarked;

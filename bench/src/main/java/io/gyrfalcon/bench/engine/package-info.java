/**
 * What only our own engine can tell of itself; loaded where the engine is on the class path.
 *
 * <p>Public: {@link io.gyrfalcon.bench.engine.EngineOutstanding}.
 */
@NullMarked
package io.gyrfalcon.bench.engine;

import org.jspecify.annotations.NullMarked;

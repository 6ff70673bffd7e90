/**
 * Native memory in blocks. Public: {@link io.gyrfalcon.primitives.memory.Budget}, {@link
 * io.gyrfalcon.primitives.memory.Slab}, {@link io.gyrfalcon.primitives.memory.SlabPool}, {@link
 * io.gyrfalcon.primitives.memory.SlabChain}, {@link io.gyrfalcon.primitives.memory.Slice}, {@link
 * io.gyrfalcon.primitives.memory.OutOfSlabs}.
 */
@NullMarked
package io.gyrfalcon.primitives.memory;

import org.jspecify.annotations.NullMarked;

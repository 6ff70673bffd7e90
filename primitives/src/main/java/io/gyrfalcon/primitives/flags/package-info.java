/**
 * Switches for optimizations. Public: {@link io.gyrfalcon.primitives.flags.Flag}, {@link
 * io.gyrfalcon.primitives.flags.FlagSet}, {@link io.gyrfalcon.primitives.flags.Flags}, {@link
 * io.gyrfalcon.primitives.flags.FlagOverride}, {@link io.gyrfalcon.primitives.flags.FlagCatalog}.
 */
@NullMarked
package io.gyrfalcon.primitives.flags;

import org.jspecify.annotations.NullMarked;

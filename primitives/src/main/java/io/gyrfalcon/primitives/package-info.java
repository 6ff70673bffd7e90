/**
 * What the JDK lacks and every floor above needs. Public: {@link io.gyrfalcon.primitives.IntMap},
 * {@link io.gyrfalcon.primitives.Published}, and the markers {@link
 * io.gyrfalcon.primitives.LoopOwned} and {@link io.gyrfalcon.primitives.HotPath}.
 */
@NullMarked
package io.gyrfalcon.primitives;

import org.jspecify.annotations.NullMarked;

/**
 * Time as an argument. Public: {@link io.gyrfalcon.primitives.time.Clock}, {@link
 * io.gyrfalcon.primitives.time.Timer}, {@link io.gyrfalcon.primitives.time.TimerWheel}.
 */
@NullMarked
package io.gyrfalcon.primitives.time;

import org.jspecify.annotations.NullMarked;

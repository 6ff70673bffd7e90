/** Frames as bytes: their layout, and writing them. */
@NullMarked
package io.gyrfalcon.http2.frame;

import org.jspecify.annotations.NullMarked;

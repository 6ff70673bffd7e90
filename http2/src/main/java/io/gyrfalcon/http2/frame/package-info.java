/**
 * Frames as bytes: their layout, and writing them.
 *
 * <p>Public: {@link io.gyrfalcon.http2.frame.FrameHeader}, {@link
 * io.gyrfalcon.http2.frame.FrameType}, {@link io.gyrfalcon.http2.frame.FrameWriter}, {@link
 * io.gyrfalcon.http2.frame.Settings}.
 */
@NullMarked
package io.gyrfalcon.http2.frame;

import org.jspecify.annotations.NullMarked;

/**
 * RFC 9113 and RFC 7541 as a pure state machine.
 *
 * <p>Public: {@link io.gyrfalcon.http2.ClientEvents}, {@link io.gyrfalcon.http2.ClientSide}, {@link
 * io.gyrfalcon.http2.ErrorCode}, {@link io.gyrfalcon.http2.GoAwayReason}, {@link
 * io.gyrfalcon.http2.Http2Flags}, {@link io.gyrfalcon.http2.Http2Limits}, {@link
 * io.gyrfalcon.http2.Http2Scratch}, {@link io.gyrfalcon.http2.Http2Settings}, {@link
 * io.gyrfalcon.http2.ServerEvents}, {@link io.gyrfalcon.http2.ServerSide}, {@link
 * io.gyrfalcon.http2.Side}, {@link io.gyrfalcon.http2.Stream}, {@link
 * io.gyrfalcon.http2.StreamEvents}.
 */
@NullMarked
package io.gyrfalcon.http2;

import org.jspecify.annotations.NullMarked;

/**
 * What a stream is made of: its state, its windows, its turn to send.
 *
 * <p>Public: {@link io.gyrfalcon.http2.stream.CreditWindow}, {@link
 * io.gyrfalcon.http2.stream.FlowWindow}, {@link io.gyrfalcon.http2.stream.SendQueue}, {@link
 * io.gyrfalcon.http2.stream.SendScheduler}, {@link io.gyrfalcon.http2.stream.StreamIds}, {@link
 * io.gyrfalcon.http2.stream.StreamState}.
 */
@NullMarked
package io.gyrfalcon.http2.stream;

import org.jspecify.annotations.NullMarked;

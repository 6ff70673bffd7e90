/**
 * Closed-loop load by grpc-java's own client.
 *
 * <p>Public: {@link io.gyrfalcon.bench.client.ChannelLoad}, {@link
 * io.gyrfalcon.bench.client.ClosedLoop}.
 */
@NullMarked
package io.gyrfalcon.bench.client;

import org.jspecify.annotations.NullMarked;

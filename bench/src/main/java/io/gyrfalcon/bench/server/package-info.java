/**
 * The servers under measurement, and what they tell of themselves on their standard input.
 *
 * <p>Public: {@link io.gyrfalcon.bench.server.Allocation}, {@link
 * io.gyrfalcon.bench.server.BlockingWays}, {@link io.gyrfalcon.bench.server.ControlLines}, {@link
 * io.gyrfalcon.bench.server.GreeterServer}, {@link io.gyrfalcon.bench.server.GreeterService},
 * {@link io.gyrfalcon.bench.server.MixedService}, {@link io.gyrfalcon.bench.server.Outstanding},
 * {@link io.gyrfalcon.bench.server.PlatformThreads}.
 */
@NullMarked
package io.gyrfalcon.bench.server;

import org.jspecify.annotations.NullMarked;

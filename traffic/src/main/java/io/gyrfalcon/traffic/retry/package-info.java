/**
 * Whether a call is tried again, and when: gRFC A6.
 *
 * <p>Public: {@link io.gyrfalcon.traffic.retry.AttemptPlan}, {@link
 * io.gyrfalcon.traffic.retry.AttemptPolicy}, {@link io.gyrfalcon.traffic.retry.RetryPolicy}, {@link
 * io.gyrfalcon.traffic.retry.HedgingPolicy}, {@link io.gyrfalcon.traffic.retry.RetryThrottling},
 * {@link io.gyrfalcon.traffic.retry.RetryThrottle}, {@link io.gyrfalcon.traffic.retry.StatusCodes},
 * {@link io.gyrfalcon.traffic.retry.Progress}, {@link io.gyrfalcon.traffic.retry.Pushback}, {@link
 * io.gyrfalcon.traffic.retry.Verdict}.
 */
@NullMarked
package io.gyrfalcon.traffic.retry;

import org.jspecify.annotations.NullMarked;

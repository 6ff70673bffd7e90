/**
 * Counters that refuse: what a peer may cost us.
 *
 * <p>Public: {@link io.gyrfalcon.http2.guard.PingBudget}, {@link
 * io.gyrfalcon.http2.guard.ProgressBudget}, {@link io.gyrfalcon.http2.guard.ReplyBudget}, {@link
 * io.gyrfalcon.http2.guard.RequestRules}, {@link io.gyrfalcon.http2.guard.ResetBudget}, {@link
 * io.gyrfalcon.http2.guard.ResponseRules}.
 */
@NullMarked
package io.gyrfalcon.http2.guard;

import org.jspecify.annotations.NullMarked;

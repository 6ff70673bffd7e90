/**
 * How one address is connected to, when again after a failure, and what may follow what.
 *
 * <p>Public: {@link io.gyrfalcon.traffic.connect.Connectivity}, {@link
 * io.gyrfalcon.traffic.connect.ConnectState}, {@link io.gyrfalcon.traffic.connect.BackoffSettings},
 * {@link io.gyrfalcon.traffic.connect.ConnectBackoff}, {@link
 * io.gyrfalcon.traffic.connect.ConnectPlan}.
 */
@NullMarked
package io.gyrfalcon.traffic.connect;

import org.jspecify.annotations.NullMarked;

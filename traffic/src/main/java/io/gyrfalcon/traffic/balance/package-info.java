/**
 * Which connection a call takes. A policy turns what is known of endpoints into steps for its
 * caller and publishes pickers: immutable snapshots that calls are decided on.
 *
 * <p>Public: {@link io.gyrfalcon.traffic.balance.Endpoint}, {@link
 * io.gyrfalcon.traffic.balance.Failure}, {@link io.gyrfalcon.traffic.balance.Pick}, {@link
 * io.gyrfalcon.traffic.balance.Picker}, {@link io.gyrfalcon.traffic.balance.Turns}, {@link
 * io.gyrfalcon.traffic.balance.Step}, {@link io.gyrfalcon.traffic.balance.Policy}, {@link
 * io.gyrfalcon.traffic.balance.PickFirst}, {@link io.gyrfalcon.traffic.balance.PickFirstSettings},
 * {@link io.gyrfalcon.traffic.balance.RoundRobin}, {@link
 * io.gyrfalcon.traffic.balance.EndpointWeight}, {@link
 * io.gyrfalcon.traffic.balance.WeightSettings}.
 */
@NullMarked
package io.gyrfalcon.traffic.balance;

import org.jspecify.annotations.NullMarked;

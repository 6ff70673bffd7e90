/**
 * What a service says about how it wants to be called: gRPC's service config, as JSON in maps,
 * lists, texts, booleans and doubles; and which one of several counts (gRFC A2).
 *
 * <p>Public: {@link io.gyrfalcon.traffic.config.ServiceConfig}, {@link
 * io.gyrfalcon.traffic.config.MethodConfig}, {@link io.gyrfalcon.traffic.config.BalancingPolicy},
 * {@link io.gyrfalcon.traffic.config.BalancingConfigs}, {@link
 * io.gyrfalcon.traffic.config.ConfigChoice}, {@link io.gyrfalcon.traffic.config.ConfigInUse},
 * {@link io.gyrfalcon.traffic.config.Json}.
 */
@NullMarked
package io.gyrfalcon.traffic.config;

import org.jspecify.annotations.NullMarked;

package io.gyrfalcon.grpc.client;

import io.gyrfalcon.traffic.config.ServiceConfig;

/**
 * What a service config means to a channel. Immutable.
 *
 * @param service what its methods want
 * @param balancing which connection a call goes to
 */
public record Configuration(ServiceConfig service, Balancing balancing) {}

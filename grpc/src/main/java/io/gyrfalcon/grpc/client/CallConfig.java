package io.gyrfalcon.grpc.client;

import io.grpc.InternalConfigSelector;
import io.gyrfalcon.traffic.config.ServiceConfig;

import org.jspecify.annotations.Nullable;

/**
 * What new calls go by. Immutable.
 *
 * @param service what methods want, unless there is a selector
 * @param selector of the config of each call, or {@code null}
 */
record CallConfig(ServiceConfig service, @Nullable InternalConfigSelector selector) {}

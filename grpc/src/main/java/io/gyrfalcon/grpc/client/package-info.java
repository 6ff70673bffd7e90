/**
 * The client's side: channels and calls of {@code io.grpc} over the transport. For the builder one
 * package up; users do not need it.
 *
 * <p>Public: {@link io.gyrfalcon.grpc.client.Balancing}, {@link io.gyrfalcon.grpc.client.Calls},
 * {@link io.gyrfalcon.grpc.client.ChannelEnd}, {@link io.gyrfalcon.grpc.client.ChannelEvents},
 * {@link io.gyrfalcon.grpc.client.ChannelOptions}, {@link io.gyrfalcon.grpc.client.ChannelWatch},
 * {@link io.gyrfalcon.grpc.client.ChildChannels}, {@link io.gyrfalcon.grpc.client.ClientFilters},
 * {@link io.gyrfalcon.grpc.client.ConfigJson}, {@link io.gyrfalcon.grpc.client.ConfigParser},
 * {@link io.gyrfalcon.grpc.client.Configuration}, {@link io.gyrfalcon.grpc.client.Exchange}, {@link
 * io.gyrfalcon.grpc.client.ForwardingChannel}, {@link io.gyrfalcon.grpc.client.Metrics}, {@link
 * io.gyrfalcon.grpc.client.Naming}, {@link io.gyrfalcon.grpc.client.RetrySettings}, {@link
 * io.gyrfalcon.grpc.client.SystemProxies}, {@link io.gyrfalcon.grpc.client.Target}, {@link
 * io.gyrfalcon.grpc.client.TargetParser}.
 */
@org.jspecify.annotations.NullMarked
package io.gyrfalcon.grpc.client;

/**
 * What a running server is made of: methods, messages, metadata, codecs, tracers and options as the
 * calls need them. Nothing here is for users; the public types are in {@code io.gyrfalcon.grpc}.
 *
 * <p>Public: {@link io.gyrfalcon.grpc.server.BoundMethod}, {@link
 * io.gyrfalcon.grpc.server.CallLane}, {@link io.gyrfalcon.grpc.server.CallLimits}, {@link
 * io.gyrfalcon.grpc.server.CallTracer}, {@link io.gyrfalcon.grpc.server.Carrying}, {@link
 * io.gyrfalcon.grpc.server.ChannelzServer}, {@link io.gyrfalcon.grpc.server.ChannelzSocket}, {@link
 * io.gyrfalcon.grpc.server.ConnectionAttributes}, {@link
 * io.gyrfalcon.grpc.server.ConnectionMetrics}, {@link io.gyrfalcon.grpc.server.ConnectionView},
 * {@link io.gyrfalcon.grpc.server.ConnectionWatch}, {@link io.gyrfalcon.grpc.server.Encodings},
 * {@link io.gyrfalcon.grpc.server.GrpcFlags}, {@link io.gyrfalcon.grpc.server.InboundMessage},
 * {@link io.gyrfalcon.grpc.server.Lane}, {@link io.gyrfalcon.grpc.server.Liveness}, {@link
 * io.gyrfalcon.grpc.server.LoopChoice}, {@link io.gyrfalcon.grpc.server.LoopLease}, {@link
 * io.gyrfalcon.grpc.server.LoopScheduler}, {@link io.gyrfalcon.grpc.server.Marshalling}, {@link
 * io.gyrfalcon.grpc.server.MetadataFields}, {@link io.gyrfalcon.grpc.server.MethodTable}, {@link
 * io.gyrfalcon.grpc.server.OutboundMessage}, {@link io.gyrfalcon.grpc.server.Outbounds}, {@link
 * io.gyrfalcon.grpc.server.Profile}, {@link io.gyrfalcon.grpc.server.Promotion}, {@link
 * io.gyrfalcon.grpc.server.ServerOptions}, {@link io.gyrfalcon.grpc.server.ServerPort}, {@link
 * io.gyrfalcon.grpc.server.Tracers}, {@link io.gyrfalcon.grpc.server.TransportFilters}, {@link
 * io.gyrfalcon.grpc.server.TransportOpener}.
 */
@NullMarked
package io.gyrfalcon.grpc.server;

import org.jspecify.annotations.NullMarked;

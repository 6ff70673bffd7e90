package io.gyrfalcon.grpc.server;

import io.grpc.MetricSink;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerTransportFilter;
import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.tls.TlsSettings;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * What a builder was told, checked and frozen: all that a server and its calls read. Immutable.
 *
 * @param addresses to listen on, in the order they were named; at least one
 * @param tls null: plain text
 * @param lane where user code runs
 * @param executor the user's, exactly where lane is {@link Lane#EXECUTOR}; never ours to shut down
 * @param callExecutor may choose an executor per call; asked in the lane
 * @param methods every method, interceptors composed
 * @param tracers of calls
 * @param encodings of messages
 * @param filters of connections, in the order of their addition
 * @param metricSinks where metrics go
 * @param limits of peers
 * @param liveness times
 * @param loops which loops serve; any wish means loops of its own
 * @param listen options of listening and accepted sockets
 * @param profile limits not named
 */
public record ServerOptions(
        List<SocketAddress> addresses,
        @Nullable TlsSettings tls,
        Lane lane,
        @Nullable Executor executor,
        @Nullable ServerCallExecutorSupplier callExecutor,
        MethodTable methods,
        Tracers tracers,
        Encodings encodings,
        List<ServerTransportFilter> filters,
        List<MetricSink> metricSinks,
        CallLimits limits,
        Liveness liveness,
        LoopChoice loops,
        ListenOptions listen,
        Profile profile) {
    public ServerOptions {
        addresses = List.copyOf(addresses);
        filters = List.copyOf(filters);
        metricSinks = List.copyOf(metricSinks);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("addresses: none (expected: at least one)");
        }
        if ((lane == Lane.EXECUTOR) != (executor != null)) {
            throw new IllegalArgumentException("lane: " + lane + ", executor: " + executor);
        }
    }
}

package io.gyrfalcon.grpc.server;

import io.grpc.Context;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.transport.server.ServerSettings;
import io.gyrfalcon.transport.server.ServerTransport;

import java.io.IOException;

/** Opens servers on the transport. Stateless. */
public final class TransportOpener implements ServerPort.Opener {
    /** What a connection costs that idles after a call. */
    private static final int CONNECTION_BYTES = 6 << 10;

    private static final int EDGE_CONNECTIONS_MAX = 100_000;
    private static final long SECOND_NANOS = 1_000_000_000L;

    @Override
    public ServerPort open(ServerOptions options, Context root) throws IOException {
        ServerSettings settings = settings(options);
        LoopLease lease = LoopLease.of(options);
        ConnectionWatch watch =
                ConnectionMetrics.before(
                        ChannelzServer.orNone(options.addresses()), options.metricSinks());
        try {
            Calls calls = new Calls(options, root, watch);
            ServerTransport transport =
                    ServerTransport.start(
                            lease.group(), options.addresses(), settings, options.tls(), calls);
            watch.onListening(transport.addresses());
            return new TransportPort(transport, calls, lease, watch);
        } catch (IOException | RuntimeException e) {
            watch.onTerminated();
            lease.release();
            throw e;
        }
    }

    private static ServerSettings settings(ServerOptions options) {
        return new ServerSettings(
                http2(options),
                limits(options),
                options.listen(),
                options.limits().messageBytesMax(),
                options.liveness().handshakeNanos(),
                connectionsMax(options.profile()));
    }

    private static int connectionsMax(Profile profile) {
        return switch (profile) {
            case MESH -> (int) Math.min(Budget.process().bytesMax() / CONNECTION_BYTES, 1 << 30);
            case EDGE -> EDGE_CONNECTIONS_MAX;
        };
    }

    private static Http2Settings http2(ServerOptions options) {
        Http2Settings.Builder builder =
                (options.profile() == Profile.EDGE ? Http2Settings.edge() : Http2Settings.mesh())
                        .toBuilder();
        Liveness times = options.liveness();
        builder.keepAliveNanos(times.keepAliveNanos())
                .keepAliveTimeoutNanos(times.keepAliveTimeoutNanos())
                .permitKeepAliveNanos(times.permitKeepAliveNanos())
                .permitKeepAliveWithoutCalls(times.isKeepAlivePermittedWithoutCalls())
                .connectionIdleNanos(times.idleNanos())
                .connectionAgeNanos(times.ageNanos())
                .connectionAgeGraceNanos(times.graceNanos());
        int windowBytes = options.limits().windowBytes();
        if (windowBytes > 0) {
            builder.streamWindowBytes(windowBytes)
                    .connectionWindowBytes(Math.max(windowBytes, 65_535));
        }
        return builder.build();
    }

    static Http2Limits limits(ServerOptions options) {
        Http2Limits.Builder builder =
                (options.profile() == Profile.EDGE ? Http2Limits.edge() : Http2Limits.mesh())
                        .toBuilder();
        builder.prefaceNanos(options.liveness().handshakeNanos());
        CallLimits limits = options.limits();
        if (limits.metadataBytesMax() > 0) {
            builder.headerLists(limits.metadataBytesSoft(), limits.metadataBytesMax());
        }
        if (limits.callsPerConnectionMax() > 0) builder.streamsMax(limits.callsPerConnectionMax());
        if (limits.resetsMax() > 0) {
            builder.resetsMax(Math.min(limits.resetsMax(), 1 << 24));
            long window = SECOND_NANOS * Math.max(1, limits.resetWindowSeconds());
            builder.resetRefillNanos(Math.max(1, window / limits.resetsMax()));
        }
        if (!limits.isWindowAdaptive() && limits.windowBytes() > 0) {
            builder.windowBytesMax(Math.max(limits.windowBytes(), 65_535));
        }
        return builder.build();
    }
}

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
    private static final int FRAME_BYTES = 16_384;

    /** What a field costs of a header list at least: RFC 9113 §6.5.2, and a name of one byte. */
    private static final int FIELD_BYTES_MIN = 33;

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
        if (limits.metadataBytesMax() > 0) metadata(builder, limits);
        if (limits.callsPerConnectionMax() > 0) builder.streamsMax(limits.callsPerConnectionMax());
        if (limits.resetsMax() > 0) {
            builder.resetsMax(Math.min(limits.resetsMax(), 1 << 24));
            int seconds = Math.max(1, limits.resetWindowSeconds());
            builder.resetsPerSecond(Math.min(limits.resetsMax() / seconds, 1 << 24));
        }
        if (!limits.isWindowAdaptive() && limits.windowBytes() > 0) {
            builder.windowBytesMax(Math.max(limits.windowBytes(), 65_535));
        }
        return builder.build();
    }

    /** All that bounds a header block, so that no other limit undercuts the one that was named. */
    private static void metadata(Http2Limits.Builder builder, CallLimits limits) {
        int bytes = Math.min(limits.metadataBytesMax(), Http2Limits.HEADER_BYTES_MAX);
        Http2Limits least = Http2Limits.mesh();
        builder.headerListBytesMax(Math.min(limits.metadataBytesSoft(), bytes))
                .headerListBytesTold(bytes)
                .headerBlockBytesMax(Math.max(bytes, least.headerBlockBytesMax()))
                .continuationsMax(bytes / FRAME_BYTES + least.continuationsMax())
                .headerFieldsMax(Math.max(bytes / FIELD_BYTES_MIN, least.headerFieldsMax()));
    }
}

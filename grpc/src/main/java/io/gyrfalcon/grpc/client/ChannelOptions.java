package io.gyrfalcon.grpc.client;

import io.grpc.CallCredentials;
import io.gyrfalcon.grpc.server.CallLane;
import io.gyrfalcon.grpc.server.Encodings;
import io.gyrfalcon.tls.TlsClientSettings;
import io.gyrfalcon.traffic.config.ServiceConfig;
import io.gyrfalcon.transport.client.ClientSettings;
import io.gyrfalcon.transport.client.NameLookup;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Executor;

/**
 * What a channel was built with. Immutable.
 *
 * @param target where its calls go
 * @param authority what its calls say in {@code :authority}, and whose certificate is asked for
 * @param tls {@code null}: plain text
 * @param credentials of every call, or {@code null}
 * @param userAgent the value of {@code user-agent}
 * @param lane where callbacks run that no call has an executor for
 * @param offload where names are looked up
 * @param lookup how
 * @param encodings what messages are compressed with
 * @param settings of its connections
 * @param config what methods ask for
 * @param balancing which connection a call goes to
 * @param retries whether calls are tried again
 * @param idleNanos without calls for so long, the channel lets its connection go; {@link
 *     Long#MAX_VALUE}: never
 */
public record ChannelOptions(
        Target target,
        String authority,
        @Nullable TlsClientSettings tls,
        @Nullable CallCredentials credentials,
        String userAgent,
        CallLane lane,
        Executor offload,
        NameLookup lookup,
        Encodings encodings,
        ClientSettings settings,
        ServiceConfig config,
        Balancing balancing,
        RetrySettings retries,
        long idleNanos) {}

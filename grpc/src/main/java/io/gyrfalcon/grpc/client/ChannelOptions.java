package io.gyrfalcon.grpc.client;

import io.grpc.CallCredentials;
import io.gyrfalcon.grpc.server.CallLane;
import io.gyrfalcon.grpc.server.Encodings;
import io.gyrfalcon.tls.TlsClientSettings;
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
 * @param config what the channel's user has set, or {@code null}: counts where a resolver has none
 * @param retries whether calls are tried again
 * @param naming what finds servers, and what the channel hosts is given
 * @param filters of its connections
 * @param tracesMax traces of channelz that are kept, 0 or more
 * @param idleNanos without calls for so long, the channel lets its connection go; {@link
 *     Long#MAX_VALUE}: never
 * @param children how its policy gets channels
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
        @Nullable Configuration config,
        RetrySettings retries,
        Naming naming,
        ClientFilters filters,
        int tracesMax,
        long idleNanos,
        ChildChannels children) {
    /** What counts where no resolver says anything. */
    Configuration own() {
        return config == null ? naming.parser().empty() : config;
    }

    /** The same, of another authority. */
    ChannelOptions ofAuthority(String other) {
        return new ChannelOptions(
                target,
                other,
                tls,
                credentials,
                userAgent,
                lane,
                offload,
                lookup,
                encodings,
                settings,
                config,
                retries,
                naming,
                filters,
                tracesMax,
                idleNanos,
                children);
    }
}

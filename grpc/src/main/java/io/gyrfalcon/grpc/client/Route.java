package io.gyrfalcon.grpc.client;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.gyrfalcon.transport.client.Endpoint;

import org.jspecify.annotations.Nullable;

/**
 * What a policy of others has chosen for one attempt of a call. Immutable.
 *
 * @param endpoint where the attempt goes, or {@code null}: wherever the picker says
 * @param authority for {@code :authority}, unless the call has one of its own; or {@code null}
 * @param headers of the call with what the picker has added, or {@code null}: as they were
 * @param tracing makes the policy's tracer, or {@code null}
 */
record Route(
        @Nullable Endpoint endpoint,
        @Nullable String authority,
        @Nullable Metadata headers,
        ClientStreamTracer.@Nullable Factory tracing) {
    /** One that chooses nothing. */
    static final Route ANY = new Route(null, null, null, null);

    /** Whether the head of the request is another one by it, or somebody follows the attempt. */
    boolean isSpecial() {
        return headers != null || tracing != null;
    }
}

package io.gyrfalcon.transport.client;

import io.gyrfalcon.http2.hpack.FieldBlock;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** Makes the heads of requests, one for each method, to be kept and sent often. Any thread. */
public final class RequestHeads {
    private RequestHeads() {}

    /**
     * A head.
     *
     * @param isSecure whether it goes over TLS
     * @param authority the value of {@code :authority}
     * @param path the value of {@code :path}, with its leading slash
     * @param userAgent the value of {@code user-agent}
     * @param acceptEncoding the value of {@code grpc-accept-encoding}, or {@code null}
     */
    public static FieldBlock of(
            boolean isSecure,
            String authority,
            String path,
            String userAgent,
            @Nullable String acceptEncoding) {
        List<String> fields = new ArrayList<>();
        fields.addAll(List.of(":method", "POST", ":scheme", isSecure ? "https" : "http"));
        fields.addAll(List.of(":path", path, ":authority", authority, "te", "trailers"));
        fields.addAll(List.of("content-type", "application/grpc", "user-agent", userAgent));
        if (acceptEncoding != null) fields.addAll(List.of("grpc-accept-encoding", acceptEncoding));
        return FieldBlock.of(fields.toArray(new String[0]));
    }
}

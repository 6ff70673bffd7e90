package io.gyrfalcon.transport.server;

import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.transport.wire.StatusCode;

/** Field blocks of gRPC answers, built once. Immutable; any thread. */
final class ResponseBlocks {
    private static final FieldBlock[] TRAILERS = new FieldBlock[StatusCode.UNAUTHENTICATED + 1];
    private static final FieldBlock[] TRAILERS_ONLY = new FieldBlock[TRAILERS.length];

    static {
        for (int code = 0; code < TRAILERS.length; code++) {
            String text = Integer.toString(code);
            TRAILERS[code] = FieldBlock.of("grpc-status", text);
            TRAILERS_ONLY[code] =
                    FieldBlock.of(
                            ":status",
                            "200",
                            "content-type",
                            "application/grpc",
                            "grpc-status",
                            text);
        }
    }

    private ResponseBlocks() {}

    static FieldBlock trailers(int code) {
        return TRAILERS[code];
    }

    static FieldBlock trailersOnly(int code) {
        return TRAILERS_ONLY[code];
    }
}

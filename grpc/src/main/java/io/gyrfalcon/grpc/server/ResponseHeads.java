package io.gyrfalcon.grpc.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.http2.hpack.FieldBlock;

import java.util.concurrent.ConcurrentHashMap;

/**
 * The fields that begin an answer, one block per encoding, built once. Any thread.
 *
 * <p>{@code grpc-encoding} is always named, {@code identity} included, as grpc-java does it.
 */
final class ResponseHeads {
    private static final String IDENTITY = "identity";

    private final String advertised;
    private final FieldBlock plain;
    private final ConcurrentHashMap<String, FieldBlock> encoded = new ConcurrentHashMap<>();

    ResponseHeads(byte[] advertised) {
        this.advertised = new String(advertised, ISO_8859_1);
        this.plain = make(IDENTITY);
    }

    /** The block of messages that go out as they are. */
    FieldBlock plain() {
        return plain;
    }

    /** The block of an encoding of the compressor registry's. */
    FieldBlock of(String encoding) {
        FieldBlock known = encoded.get(encoding);
        if (known != null) return known;
        FieldBlock made = make(encoding);
        encoded.put(encoding, made);
        return made;
    }

    private FieldBlock make(String encoding) {
        if (advertised.isEmpty()) {
            return FieldBlock.of(
                    ":status",
                    "200",
                    "content-type",
                    "application/grpc",
                    "grpc-encoding",
                    encoding);
        }
        return FieldBlock.of(
                ":status",
                "200",
                "content-type",
                "application/grpc",
                "grpc-encoding",
                encoding,
                "grpc-accept-encoding",
                advertised);
    }
}

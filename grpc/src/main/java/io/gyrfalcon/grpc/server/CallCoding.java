package io.gyrfalcon.grpc.server;

import io.grpc.Compressor;
import io.grpc.Decompressor;

import org.jspecify.annotations.Nullable;

/** What a call does about compression, where it does anything. Its owner is the call. */
final class CallCoding {
    /** What {@code grpc-encoding} said; {@code null} where it was absent. */
    final @Nullable String encoding;

    /** Reads the request's messages; {@code null} where the encoding is unknown. */
    final @Nullable Decompressor decompressor;

    /** Writes the answer's messages, if the client lists it. */
    @Nullable Compressor compressor;

    /** Whether the next messages are compressed. */
    boolean isOn = true;

    CallCoding(@Nullable String encoding, @Nullable Decompressor decompressor) {
        this.encoding = encoding;
        this.decompressor = decompressor;
    }
}

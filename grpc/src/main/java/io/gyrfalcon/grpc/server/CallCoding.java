package io.gyrfalcon.grpc.server;

import io.grpc.Compressor;
import io.grpc.Decompressor;
import io.grpc.Status;

import org.jspecify.annotations.Nullable;

/** What few calls need: compression, and a status for tracers. Its owner is the call. */
final class CallCoding {
    /** What {@code grpc-encoding} said; {@code null} where it was absent. */
    final @Nullable String encoding;

    /** Reads the request's messages; {@code null} where the encoding is unknown. */
    final @Nullable Decompressor decompressor;

    /** Writes the answer's messages, if the client lists it. */
    @Nullable Compressor compressor;

    /** What the answer was ended with, where tracers want to know. */
    @Nullable Status status;

    /** Whether the next messages are compressed. */
    boolean isOn = true;

    CallCoding(@Nullable String encoding, @Nullable Decompressor decompressor) {
        this.encoding = encoding;
        this.decompressor = decompressor;
    }
}

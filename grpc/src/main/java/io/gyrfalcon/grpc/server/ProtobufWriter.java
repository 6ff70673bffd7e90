package io.gyrfalcon.grpc.server;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Serialises one protobuf message after another through one coded stream. Loop-owned, or by one
 * thread at a time. Only for programs that have protobuf: see {@link Marshalling}.
 */
final class ProtobufWriter {
    private static final int BUFFER_BYTES = 1 << 10;

    private final OutputStream target;

    /** Empty between two messages; null where the last one has failed. */
    private @Nullable CodedOutputStream coded;

    ProtobufWriter(OutputStream target) {
        this.target = target;
    }

    /** Whether this can write it. */
    static boolean isMessage(@Nullable Object candidate) {
        return candidate instanceof MessageLite && !(candidate instanceof InputStream);
    }

    /** Writes a message whole. */
    void write(Object message) throws IOException {
        CodedOutputStream out = coded;
        coded = null;
        if (out == null) out = CodedOutputStream.newInstance(target, BUFFER_BYTES);
        ((MessageLite) message).writeTo(out);
        out.flush();
        coded = out;
    }
}

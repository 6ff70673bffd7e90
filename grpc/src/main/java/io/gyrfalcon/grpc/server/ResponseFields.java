package io.gyrfalcon.grpc.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.transport.wire.StatusText;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * What user code adds to an answer's fields: names and values in turn, without those that are the
 * transport's own. Stateless.
 */
final class ResponseFields {
    private static final Metadata.Key<?> ACCEPTED = key("grpc-accept-encoding");
    private static final Metadata.Key<?>[] OWN = {
        key("content-length"),
        key("grpc-encoding"),
        key("content-type"),
        key("te"),
        key("user-agent"),
    };
    private static final Metadata.Key<?> CODE = key("grpc-status");
    private static final Metadata.Key<?> MESSAGE = key("grpc-message");
    private static final byte[] MESSAGE_NAME = "grpc-message".getBytes(US_ASCII);

    private ResponseFields() {}

    private static Metadata.Key<?> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** Fields that go out with the answer's head; {@code null} for none. Strips the metadata. */
    static byte @Nullable [][] ofHead(Metadata metadata) {
        if (metadata.keys().isEmpty()) return null;
        metadata.discardAll(ACCEPTED);
        discardOwn(metadata);
        return MetadataFields.toFields(metadata);
    }

    private static void discardOwn(Metadata metadata) {
        for (Metadata.Key<?> own : OWN) {
            metadata.discardAll(own);
        }
    }

    /**
     * Fields that go out after {@code grpc-status}; {@code null} for none. Strips the metadata.
     * Without a head before them, they share a block with the transport's own fields; {@code
     * grpc-accept-encoding} is none of those there, and tells what the call might have used.
     */
    static byte @Nullable [][] ofTrailers(Status status, Metadata metadata, boolean isAfterHead) {
        String text = status.getDescription();
        boolean isEmpty = metadata.keys().isEmpty();
        if (text == null && isEmpty) return null;
        byte[][] fields = null;
        if (!isEmpty) {
            metadata.discardAll(CODE);
            metadata.discardAll(MESSAGE);
            if (!isAfterHead) discardOwn(metadata);
            fields = MetadataFields.toFields(metadata);
        }
        return text == null ? fields : withText(fields, text);
    }

    private static byte[][] withText(byte @Nullable [][] fields, String text) {
        byte[][] all = fields == null ? new byte[2][] : Arrays.copyOf(fields, fields.length + 2);
        all[all.length - 2] = MESSAGE_NAME;
        all[all.length - 1] = StatusText.encode(text);
        return all;
    }
}

package io.gyrfalcon.grpc.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.grpc.Metadata;
import io.gyrfalcon.grpc.server.MetadataFields;
import io.gyrfalcon.transport.client.ResponseHead;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * What a call adds to its method's head: names and values in turn, without those that are the
 * transport's own. Stateless.
 */
final class RequestFields {
    private static final byte[] TIMEOUT = "grpc-timeout".getBytes(US_ASCII);
    private static final byte[] ENCODING = "grpc-encoding".getBytes(US_ASCII);
    static final byte[][] NONE = {};
    private static final Metadata.Key<?> TIMEOUT_KEY = key("grpc-timeout");

    /** How many attempts there were before; gRFC A6 has servers and listeners told of it. */
    static final Metadata.Key<String> PREVIOUS_ATTEMPTS = key("grpc-previous-rpc-attempts");

    private static final byte[] PREVIOUS = PREVIOUS_ATTEMPTS.name().getBytes(US_ASCII);
    private static final Metadata.Key<?>[] OWN = {
        key("content-length"),
        key("grpc-encoding"),
        key("grpc-accept-encoding"),
        key("content-encoding"),
        key("accept-encoding"),
        key("content-type"),
        key("te"),
        key("user-agent"),
        PREVIOUS_ATTEMPTS,
    };

    private RequestFields() {}

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** The fields of user code's headers, which are stripped. */
    static byte[][] of(Metadata headers, boolean hasDeadline) {
        if (headers.keys().isEmpty()) return NONE;
        for (Metadata.Key<?> own : OWN) {
            headers.discardAll(own);
        }
        if (hasDeadline) headers.discardAll(TIMEOUT_KEY);
        return MetadataFields.toFields(headers);
    }

    /**
     * All that follows the head, the call's own first.
     *
     * @param previous attempts of the call
     */
    static byte[][] joined(
            byte @Nullable [] timeout, byte @Nullable [] encoding, int previous, byte[][] users) {
        int own = (timeout == null ? 0 : 2) + (encoding == null ? 0 : 2) + (previous == 0 ? 0 : 2);
        if (own == 0) return users;
        byte[][] all = new byte[own + users.length][];
        int at = 0;
        if (timeout != null) {
            all[at++] = TIMEOUT;
            all[at++] = timeout;
        }
        if (encoding != null) {
            all[at++] = ENCODING;
            all[at++] = encoding;
        }
        if (previous > 0) {
            all[at++] = PREVIOUS;
            all[at++] = Integer.toString(previous).getBytes(US_ASCII);
        }
        System.arraycopy(users, 0, all, at, users.length);
        return all;
    }

    /** Whether a value has to be looked at before it is known to be one. */
    static boolean isAnyBinary(ResponseHead head) {
        byte[][] fields = head.fields();
        for (int i = 0; fields != null && i < head.fieldCount(); i += 2) {
            if (MetadataFields.isBinary(fields[i], 0, fields[i].length)) return true;
        }
        return false;
    }

    /** The value of {@code grpc-encoding} among received fields, or {@code null}. */
    static byte @Nullable [] encoding(byte @Nullable [][] fields, int count) {
        if (fields == null) return null;
        for (int i = 0; i < count; i += 2) {
            if (Arrays.equals(fields[i], ENCODING)) return fields[i + 1];
        }
        return null;
    }
}

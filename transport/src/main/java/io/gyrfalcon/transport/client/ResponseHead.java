package io.gyrfalcon.transport.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.http2.hpack.Field;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.transport.wire.HttpStatus;
import io.gyrfalcon.transport.wire.StatusCode;
import io.gyrfalcon.transport.wire.StatusText;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The fields of the response, or of its trailers, whose block is being read. Loop-owned: one for
 * all connections of a loop, since a block is read whole before anything else happens.
 */
@HotPath
@LoopOwned
public final class ResponseHead {
    private static final int MEMBERS_MIN = 8;

    /** So many places are kept for the next block where nobody took them. */
    private static final int MEMBERS_KEPT_MAX = 64;

    private @Nullable Stream stream;
    private int httpStatus;
    private @Nullable ResponseField grpcStatus;
    private boolean isGrpc;
    private @Nullable ResponseField contentType;
    private @Nullable ResponseField message;
    private byte @Nullable [][] fields;
    private int fieldCount;

    ResponseHead() {}

    /** Whether the fields gathered so far are this stream's. */
    boolean isOf(Stream candidate) {
        return stream == candidate;
    }

    void begin(Stream owner) {
        stream = owner;
        httpStatus = 0;
        grpcStatus = null;
        isGrpc = false;
        contentType = null;
        message = null;
        fieldCount = 0;
        if (fields != null && fields.length > MEMBERS_KEPT_MAX) fields = null;
    }

    /** Forgets the stream: the next field begins another head, also of the same stream object. */
    void end() {
        stream = null;
    }

    void onField(Field field) {
        if (field.memo() instanceof ResponseField known) {
            onKnown(known);
            return;
        }
        ResponseField looked = ResponseField.of(field);
        field.memo(looked);
        onKnown(looked);
    }

    private void onKnown(ResponseField field) {
        switch (field.role) {
            case METADATA -> keep(field);
            case HTTP_STATUS -> httpStatus = field.number;
            case GRPC_STATUS -> grpcStatus = field;
            case GRPC_MESSAGE -> message = field;
            case CONTENT_TYPE -> {
                isGrpc = field.isExpected;
                contentType = field;
                keep(field);
            }
        }
    }

    private void keep(ResponseField field) {
        byte[][] kept = fields;
        if (kept == null) {
            kept = new byte[MEMBERS_MIN][];
        } else if (fieldCount == kept.length) {
            kept = Arrays.copyOf(kept, 2 * kept.length);
        }
        kept[fieldCount++] = field.name;
        kept[fieldCount++] = field.value;
        fields = kept;
    }

    /**
     * Names and values in turn, of every field but pseudo-fields, {@code grpc-status} and {@code
     * grpc-message}; {@code null} where there are none. Valid until the next block is read.
     */
    public byte @Nullable [][] fields() {
        return fieldCount == 0 ? null : fields;
    }

    /**
     * As {@link #fields}, the caller's from now on: once for each block. Names and values may be a
     * header table's, and are not to be written to.
     */
    public byte @Nullable [][] takeFields() {
        byte[][] taken = fields();
        if (taken != null) fields = null;
        return taken;
    }

    /** How many entries of {@link #fields} are in use: twice the number of fields. */
    public int fieldCount() {
        return fieldCount;
    }

    /** The HTTP status, or 0 where none was said. */
    int httpStatus() {
        return httpStatus;
    }

    /** Why this cannot be the head of a gRPC response, or {@code null} where it is one. */
    @Nullable CallStatus fault() {
        if (isGrpc) return null;
        ResponseField found = contentType;
        if (found == null) return ofHttp().augmented("missing content-type in response headers");
        String text = new String(found.value, ISO_8859_1);
        return ofHttp().augmented("invalid content-type: " + text);
    }

    /**
     * What trailers say, or a head that is all there is.
     *
     * @param isTrailersOnly whether there was no other head before
     */
    CallStatus status(boolean isTrailersOnly) {
        ResponseField said = grpcStatus;
        if (said != null) return ofGrpc(said);
        if (!isTrailersOnly) {
            return CallStatus.of(StatusCode.UNKNOWN, "missing GRPC status in response");
        }
        return ofHttp().augmented("missing GRPC status, inferred error from HTTP status code");
    }

    private CallStatus ofGrpc(ResponseField said) {
        ResponseField words = message;
        int code = said.number;
        if (code == StatusCode.OK && words == null) return CallStatus.OK;
        String text = words == null ? null : StatusText.decode(words.value, 0, words.value.length);
        boolean isKnown = code >= 0 && code <= StatusCode.UNAUTHENTICATED;
        if (isKnown) return CallStatus.of(code, text);
        return CallStatus.of(
                StatusCode.UNKNOWN,
                text == null ? "Unknown code " + new String(said.value, ISO_8859_1) : text);
    }

    private CallStatus ofHttp() {
        return CallStatus.of(HttpStatus.toCode(httpStatus), "HTTP status code " + httpStatus);
    }
}

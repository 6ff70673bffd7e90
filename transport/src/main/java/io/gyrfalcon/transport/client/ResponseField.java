package io.gyrfalcon.transport.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.http2.hpack.Field;
import io.gyrfalcon.transport.wire.ContentTypes;

/**
 * One response field, looked at once: what it is to gRPC, and its name and value as arrays of their
 * own. Immutable; kept as the memo of a header table entry.
 */
final class ResponseField {
    /** What a field is to gRPC over HTTP/2. */
    enum Role {
        HTTP_STATUS,
        CONTENT_TYPE,
        GRPC_STATUS,
        GRPC_MESSAGE,
        METADATA
    }

    private static final byte[] CONTENT_TYPE = ascii("content-type");
    private static final byte[] GRPC_STATUS = ascii("grpc-status");
    private static final byte[] GRPC_MESSAGE = ascii("grpc-message");
    private static final byte[] OK = ascii("200");

    /**
     * The status line of nearly every response: a field of the static table, which keeps no memo.
     */
    private static final ResponseField STATUS_OK =
            new ResponseField(Role.HTTP_STATUS, ascii(":status"), OK);

    /** What {@link #number} is where the value is no number. */
    static final int NO_NUMBER = -1;

    final Role role;
    final byte[] name;
    final byte[] value;

    /** The value of the roles that are numbers. */
    final int number;

    /** Whether the value is what gRPC asks of this role. */
    final boolean isExpected;

    private ResponseField(Role role, byte[] name, byte[] value) {
        this.role = role;
        this.name = name;
        this.value = value;
        boolean isNumber = role == Role.HTTP_STATUS || role == Role.GRPC_STATUS;
        number = isNumber ? number(value) : NO_NUMBER;
        isExpected = role != Role.CONTENT_TYPE || ContentTypes.isGrpc(value, 0, value.length);
    }

    static ResponseField of(Field field) {
        Role role = roleOf(field);
        if (role == Role.HTTP_STATUS && field.valueIs(OK)) return STATUS_OK;
        return new ResponseField(role, field.copyName(), field.copyValue());
    }

    private static Role roleOf(Field field) {
        return switch (field.kind()) {
            case STATUS -> Role.HTTP_STATUS;
            case REGULAR -> regularRole(field);
            case METHOD,
                    PATH,
                    AUTHORITY,
                    TE,
                    HOST,
                    SCHEME,
                    PROTOCOL,
                    UNKNOWN_PSEUDO,
                    CONTENT_LENGTH,
                    COOKIE,
                    CONNECTION_SPECIFIC,
                    MALFORMED ->
                    Role.METADATA;
        };
    }

    private static Role regularRole(Field field) {
        return switch (field.nameLength()) {
            case 11 -> field.nameIs(GRPC_STATUS) ? Role.GRPC_STATUS : Role.METADATA;
            case 12 -> twelve(field);
            default -> Role.METADATA;
        };
    }

    private static Role twelve(Field field) {
        if (field.nameIs(CONTENT_TYPE)) return Role.CONTENT_TYPE;
        return field.nameIs(GRPC_MESSAGE) ? Role.GRPC_MESSAGE : Role.METADATA;
    }

    /** One to three digits, without sign. */
    private static int number(byte[] value) {
        if (value.length == 0 || value.length > 3) return NO_NUMBER;
        int number = 0;
        for (byte b : value) {
            if (b < '0' || b > '9') return NO_NUMBER;
            number = 10 * number + b - '0';
        }
        return number;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }
}

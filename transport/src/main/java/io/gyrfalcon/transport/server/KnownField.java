package io.gyrfalcon.transport.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.http2.hpack.Field;
import io.gyrfalcon.transport.wire.ContentTypes;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * One request field, looked at once: what it is to gRPC, and its name and value as arrays of their
 * own. Immutable; kept as the memo of a header table entry.
 */
final class KnownField {

    /** What a field is to gRPC over HTTP/2. */
    enum Role {
        METHOD,
        PATH,
        AUTHORITY,
        CONTENT_TYPE,
        TE,
        TIMEOUT,
        ENCODING,
        ACCEPT_ENCODING,
        HOST,
        OTHER_PSEUDO,
        METADATA
    }

    static final byte[] POST = ascii("POST");
    static final byte[] HEAD = ascii("HEAD");
    private static final byte[] CONTENT_TYPE = ascii("content-type");
    private static final byte[] TIMEOUT = ascii("grpc-timeout");
    private static final byte[] ENCODING = ascii("grpc-encoding");
    private static final byte[] ACCEPT_ENCODING = ascii("grpc-accept-encoding");

    /** Metadata that nobody has asked for yet: the entry itself still has its name and value. */
    static final KnownField UNREAD = new KnownField(Role.METADATA, new byte[0], new byte[0], null);

    final Role role;
    final byte[] name;
    final byte[] value;

    /** Whether the value is what gRPC asks of this role. */
    final boolean isExpected;

    /** The value as text for the roles that are asked for it, else null. */
    final @Nullable String text;

    /** The route of a {@link Role#PATH}; set by whoever knows the acceptor. */
    @Nullable Route route;

    private KnownField(Role role, byte[] name, byte[] value, @Nullable String text) {
        this.role = role;
        this.name = name;
        this.value = value;
        this.text = text;
        this.isExpected =
                switch (role) {
                    case METHOD -> Arrays.equals(value, POST);
                    case CONTENT_TYPE -> ContentTypes.isGrpc(value, 0, value.length);
                    case PATH,
                            AUTHORITY,
                            TE,
                            TIMEOUT,
                            ENCODING,
                            ACCEPT_ENCODING,
                            HOST,
                            OTHER_PSEUDO,
                            METADATA ->
                            true;
                };
    }

    static KnownField of(Field field, Role role) {
        byte[] value = field.copyValue();
        boolean wantsText =
                role == Role.PATH
                        || role == Role.AUTHORITY
                        || role == Role.HOST
                        || role == Role.ENCODING
                        || role == Role.ACCEPT_ENCODING;
        return new KnownField(
                role, field.copyName(), value, wantsText ? new String(value, ISO_8859_1) : null);
    }

    /** The role of a field, by the kind that HPACK gave it and then by name. */
    static Role roleOf(Field field) {
        return switch (field.kind()) {
            case METHOD -> Role.METHOD;
            case PATH -> Role.PATH;
            case AUTHORITY -> Role.AUTHORITY;
            case TE -> Role.TE;
            case HOST -> Role.HOST;
            case SCHEME, STATUS, PROTOCOL, UNKNOWN_PSEUDO -> Role.OTHER_PSEUDO;
            case REGULAR, CONTENT_LENGTH, COOKIE, CONNECTION_SPECIFIC, MALFORMED ->
                    regularRole(field);
        };
    }

    private static Role regularRole(Field field) {
        return switch (field.nameLength()) {
            case 12 -> twelve(field);
            case 13 -> field.nameIs(ENCODING) ? Role.ENCODING : Role.METADATA;
            case 20 -> field.nameIs(ACCEPT_ENCODING) ? Role.ACCEPT_ENCODING : Role.METADATA;
            default -> Role.METADATA;
        };
    }

    private static Role twelve(Field field) {
        if (field.nameIs(TIMEOUT)) return Role.TIMEOUT;
        return field.nameIs(CONTENT_TYPE) ? Role.CONTENT_TYPE : Role.METADATA;
    }

    static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }
}

package io.gyrfalcon.transport.client;

import io.gyrfalcon.transport.wire.StatusCode;

import org.jspecify.annotations.Nullable;

/**
 * How a call ended. Immutable.
 *
 * @param code see {@link StatusCode}
 * @param description what the server, or we, say to it
 * @param cause what went wrong below, or {@code null}
 */
public record CallStatus(int code, @Nullable String description, @Nullable Throwable cause) {
    /** The call succeeded. */
    public static final CallStatus OK = new CallStatus(StatusCode.OK, null, null);

    /** A status without a cause. */
    public static CallStatus of(int code, @Nullable String description) {
        return new CallStatus(code, description, null);
    }

    /** Whether the call succeeded. */
    public boolean isOk() {
        return code == StatusCode.OK;
    }

    /** This status with a further line, as grpc-java puts it. */
    CallStatus augmented(String line) {
        return new CallStatus(code, description == null ? line : description + "\n" + line, cause);
    }
}

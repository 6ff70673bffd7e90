package io.gyrfalcon.traffic.balance;

import org.jspecify.annotations.Nullable;

/**
 * Why a call cannot go anywhere. Immutable.
 *
 * @param code gRPC's status code
 * @param text the status' description
 * @param cause what it came from
 */
public record Failure(int code, String text, @Nullable Throwable cause) {
    private static final int UNAVAILABLE = 14;

    static final Failure NO_ADDRESS = unavailable("name resolution gave no usable address", null);

    /** A failure with gRPC's code for what may work later. */
    public static Failure unavailable(String text, @Nullable Throwable cause) {
        return new Failure(UNAVAILABLE, text, cause);
    }
}

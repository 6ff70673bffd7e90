package io.gyrfalcon.traffic.retry;

import org.jspecify.annotations.Nullable;

/** What a server says in {@code grpc-retry-pushback-ms} of its trailers. Stateless. */
public final class Pushback {
    /** It says nothing. */
    public static final int ABSENT = -2;

    /** Do not try again. */
    public static final int NEVER = -1;

    private Pushback() {}

    /** The milliseconds after which to try again, {@link #NEVER} or {@link #ABSENT}. */
    public static int parse(@Nullable String value) {
        if (value == null) return ABSENT;
        try {
            return Math.max(NEVER, Integer.parseInt(value));
        } catch (NumberFormatException e) {
            return NEVER; // gRFC A6: what cannot be read asks not to try again.
        }
    }
}

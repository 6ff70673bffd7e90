package io.gyrfalcon.transport.client;

import io.gyrfalcon.traffic.connect.BackoffSettings;

/**
 * How many connections an endpoint may have, and how it makes them. Immutable.
 *
 * @param connectionsMax connections of one endpoint at once, 1 or more: further ones are made when
 *     the server's limit of streams is reached on those that there are
 * @param waitingCallsMax calls that wait for one of them, 0 or more
 * @param spareIdleNanos how long a further connection is kept that carries no call
 * @param backoff waits between attempts to connect
 */
public record PoolSettings(
        int connectionsMax, int waitingCallsMax, long spareIdleNanos, BackoffSettings backoff) {
    private static final PoolSettings DEFAULTS =
            new PoolSettings(1_000, 100_000, 60_000_000_000L, BackoffSettings.standard());

    public PoolSettings {
        requireMin("connectionsMax", connectionsMax, 1);
        requireMin("waitingCallsMax", waitingCallsMax, 0);
        requireMin("spareIdleNanos", spareIdleNanos, 1);
    }

    /** 1,000 connections, 100,000 calls, a minute, gRPC's back-off. */
    public static PoolSettings defaults() {
        return DEFAULTS;
    }

    private static void requireMin(String name, long value, long min) {
        if (value >= min) return;
        throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + min + ")");
    }
}

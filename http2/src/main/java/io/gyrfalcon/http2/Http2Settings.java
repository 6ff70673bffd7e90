package io.gyrfalcon.http2;

/**
 * What an operator may choose for connections. Immutable; any thread.
 *
 * <p>Times are nanoseconds; {@link #NEVER} turns one off.
 *
 * @param streamWindowBytes our initial window per stream, 1 to 2^31-1
 * @param connectionWindowBytes our window per connection, 65,535 to 2^31-1
 * @param frameBytesMax the largest frame we accept, 16,384 to 2^24-1
 * @param keepAliveNanos we ping after so long without a byte from the peer
 * @param keepAliveTimeoutNanos a ping of ours must be answered within this
 * @param keepAliveWithoutCalls whether we ping also without streams, as a server does
 * @param permitKeepAliveNanos the shortest interval at which the peer may ping
 * @param permitKeepAliveWithoutCalls whether it may also without streams
 * @param connectionIdleNanos a connection without streams for so long is shut down
 * @param connectionAgeNanos a connection this old is shut down, give or take a tenth
 * @param connectionAgeGraceNanos what its streams then have left
 * @param settingsAckNanos our SETTINGS must be acknowledged within this
 * @param shutdownPingNanos how long the first GOAWAY waits for the answer to its ping
 */
public record Http2Settings(
        int streamWindowBytes,
        int connectionWindowBytes,
        int frameBytesMax,
        long keepAliveNanos,
        long keepAliveTimeoutNanos,
        boolean keepAliveWithoutCalls,
        long permitKeepAliveNanos,
        boolean permitKeepAliveWithoutCalls,
        long connectionIdleNanos,
        long connectionAgeNanos,
        long connectionAgeGraceNanos,
        long settingsAckNanos,
        long shutdownPingNanos) {

    /** A time that does not come. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final long SECOND = 1_000_000_000L;

    public Http2Settings {
        requireRange("streamWindowBytes", streamWindowBytes, 1, Integer.MAX_VALUE);
        requireRange("connectionWindowBytes", connectionWindowBytes, 65_535, Integer.MAX_VALUE);
        requireRange("frameBytesMax", frameBytesMax, 16_384, 16_777_215);
        requireRange("keepAliveNanos", keepAliveNanos, 1, NEVER);
        requireRange("keepAliveTimeoutNanos", keepAliveTimeoutNanos, 1, NEVER);
        requireRange("permitKeepAliveNanos", permitKeepAliveNanos, 0, NEVER);
        requireRange("connectionIdleNanos", connectionIdleNanos, 1, NEVER);
        requireRange("connectionAgeNanos", connectionAgeNanos, 1, NEVER);
        requireRange("connectionAgeGraceNanos", connectionAgeGraceNanos, 0, NEVER);
        requireRange("settingsAckNanos", settingsAckNanos, 1, NEVER);
        requireRange("shutdownPingNanos", shutdownPingNanos, 1, NEVER);
    }

    static void requireRange(String name, long value, long min, long max) {
        if (value >= min && value <= max) return;
        throw new IllegalArgumentException(
                name + ": " + value + " (expected: " + min + ".." + max + ")");
    }

    /** Defaults for a trusted network. */
    public static Http2Settings mesh() {
        return new Builder().build();
    }

    /** Defaults for a network that is not trusted. */
    public static Http2Settings edge() {
        return new Builder().streamWindowBytes(65_535).build();
    }

    /** These settings, to be changed. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.streamWindowBytes = streamWindowBytes;
        b.connectionWindowBytes = connectionWindowBytes;
        b.frameBytesMax = frameBytesMax;
        b.keepAliveNanos = keepAliveNanos;
        b.keepAliveTimeoutNanos = keepAliveTimeoutNanos;
        b.keepAliveWithoutCalls = keepAliveWithoutCalls;
        b.permitKeepAliveNanos = permitKeepAliveNanos;
        b.permitKeepAliveWithoutCalls = permitKeepAliveWithoutCalls;
        b.connectionIdleNanos = connectionIdleNanos;
        b.connectionAgeNanos = connectionAgeNanos;
        b.connectionAgeGraceNanos = connectionAgeGraceNanos;
        b.settingsAckNanos = settingsAckNanos;
        b.shutdownPingNanos = shutdownPingNanos;
        return b;
    }

    /** Collects settings; confined to one thread. Starts with {@link Http2Settings#mesh()}. */
    public static final class Builder {
        private int streamWindowBytes = 1 << 20;
        private int connectionWindowBytes = 1 << 20;
        private int frameBytesMax = 16_384;
        private long keepAliveNanos = 7_200 * SECOND;
        private long keepAliveTimeoutNanos = 20 * SECOND;
        private boolean keepAliveWithoutCalls = true;
        private long permitKeepAliveNanos = 300 * SECOND;
        private boolean permitKeepAliveWithoutCalls;
        private long connectionIdleNanos = NEVER;
        private long connectionAgeNanos = NEVER;
        private long connectionAgeGraceNanos = NEVER;
        private long settingsAckNanos = 60 * SECOND;
        private long shutdownPingNanos = 10 * SECOND;

        /** {@link Http2Settings#streamWindowBytes()}. */
        public Builder streamWindowBytes(int bytes) {
            streamWindowBytes = bytes;
            return this;
        }

        /** {@link Http2Settings#connectionWindowBytes()}. */
        public Builder connectionWindowBytes(int bytes) {
            connectionWindowBytes = bytes;
            return this;
        }

        /** {@link Http2Settings#frameBytesMax()}. */
        public Builder frameBytesMax(int bytes) {
            frameBytesMax = bytes;
            return this;
        }

        /** {@link Http2Settings#keepAliveNanos()}. */
        public Builder keepAliveNanos(long nanos) {
            keepAliveNanos = nanos;
            return this;
        }

        /** {@link Http2Settings#keepAliveTimeoutNanos()}. */
        public Builder keepAliveTimeoutNanos(long nanos) {
            keepAliveTimeoutNanos = nanos;
            return this;
        }

        /** {@link Http2Settings#keepAliveWithoutCalls()}. */
        public Builder keepAliveWithoutCalls(boolean ping) {
            keepAliveWithoutCalls = ping;
            return this;
        }

        /** {@link Http2Settings#permitKeepAliveNanos()}. */
        public Builder permitKeepAliveNanos(long nanos) {
            permitKeepAliveNanos = nanos;
            return this;
        }

        /** {@link Http2Settings#permitKeepAliveWithoutCalls()}. */
        public Builder permitKeepAliveWithoutCalls(boolean permit) {
            permitKeepAliveWithoutCalls = permit;
            return this;
        }

        /** {@link Http2Settings#connectionIdleNanos()}. */
        public Builder connectionIdleNanos(long nanos) {
            connectionIdleNanos = nanos;
            return this;
        }

        /** {@link Http2Settings#connectionAgeNanos()}. */
        public Builder connectionAgeNanos(long nanos) {
            connectionAgeNanos = nanos;
            return this;
        }

        /** {@link Http2Settings#connectionAgeGraceNanos()}. */
        public Builder connectionAgeGraceNanos(long nanos) {
            connectionAgeGraceNanos = nanos;
            return this;
        }

        /** {@link Http2Settings#settingsAckNanos()}. */
        public Builder settingsAckNanos(long nanos) {
            settingsAckNanos = nanos;
            return this;
        }

        /** {@link Http2Settings#shutdownPingNanos()}. */
        public Builder shutdownPingNanos(long nanos) {
            shutdownPingNanos = nanos;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException when one is out of its range
         */
        public Http2Settings build() {
            return new Http2Settings(
                    streamWindowBytes,
                    connectionWindowBytes,
                    frameBytesMax,
                    keepAliveNanos,
                    keepAliveTimeoutNanos,
                    keepAliveWithoutCalls,
                    permitKeepAliveNanos,
                    permitKeepAliveWithoutCalls,
                    connectionIdleNanos,
                    connectionAgeNanos,
                    connectionAgeGraceNanos,
                    settingsAckNanos,
                    shutdownPingNanos);
        }
    }
}

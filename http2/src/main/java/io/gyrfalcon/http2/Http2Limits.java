package io.gyrfalcon.http2;

import static io.gyrfalcon.http2.Http2Settings.requireRange;

/**
 * Everything of a connection that has a limit. Immutable; any thread.
 *
 * @param streamsMax streams at once; one that was reset counts until its handler has ended
 * @param headerListBytesMax decoded bytes of a header block, each field and 32
 * @param headerListBytesTold what the peer is told of that; at least as much, 0: the same
 * @param headerFieldsMax fields of a header block
 * @param headerBlockBytesMax encoded bytes of a header block
 * @param continuationsMax CONTINUATION frames of a header block
 * @param hpackTableBytesMax dynamic table, ours and the peer's wish for our encoder
 * @param hpackAmplificationMax bytes retained of fields for each byte on the wire
 * @param hpackFreeBytes bytes retained of a connection below which that is not looked at
 * @param resetsMax size of the reset bucket
 * @param resetRefillNanos in so much time the reset bucket earns one; 0 = never
 * @param resetsPerCall refill of the reset bucket by a call that ended whole
 * @param resetFreeNanos the reset of a stream this old costs nothing
 * @param repliesPauseAt control replies not taken at which reading pauses
 * @param repliesMax control replies not taken at which the connection closes
 * @param emptyFramesMax frames in a row without progress
 * @param settingsEntriesMax entries of a SETTINGS frame
 * @param windowBytesMax what our windows may grow to once measured
 * @param unsentBytesMax queued bytes of a connection beyond which no credit and no new stream is
 *     given
 * @param stalledNanos period in which a stream with queued data must take some
 * @param stalledBytesMin bytes it must take in that period
 * @param prefaceNanos time for the preface with SETTINGS
 */
public record Http2Limits(
        int streamsMax,
        int headerListBytesMax,
        int headerListBytesTold,
        int headerFieldsMax,
        int headerBlockBytesMax,
        int continuationsMax,
        int hpackTableBytesMax,
        int hpackAmplificationMax,
        int hpackFreeBytes,
        int resetsMax,
        long resetRefillNanos,
        int resetsPerCall,
        long resetFreeNanos,
        int repliesPauseAt,
        int repliesMax,
        int emptyFramesMax,
        int settingsEntriesMax,
        int windowBytesMax,
        long unsentBytesMax,
        long stalledNanos,
        int stalledBytesMin,
        long prefaceNanos) {

    /** The largest limit of a header block: it is gathered in one piece. */
    public static final int HEADER_BYTES_MAX = 1 << 24;

    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final int FRAME_BYTES = 16_384;

    /** What a field costs of a header list at least: RFC 9113 §6.5.2, and a name of one byte. */
    private static final int FIELD_BYTES_MIN = 33;

    public Http2Limits {
        requireRange("streamsMax", streamsMax, 1, Integer.MAX_VALUE);
        requireRange("headerListBytesMax", headerListBytesMax, 1, HEADER_BYTES_MAX);
        int toldMin = headerListBytesTold == 0 ? 0 : headerListBytesMax;
        requireRange("headerListBytesTold", headerListBytesTold, toldMin, HEADER_BYTES_MAX);
        requireRange("headerFieldsMax", headerFieldsMax, 8, 1 << 20);
        requireRange("headerBlockBytesMax", headerBlockBytesMax, 16384, HEADER_BYTES_MAX);
        requireRange("continuationsMax", continuationsMax, 0, 1 << 11);
        requireRange("hpackTableBytesMax", hpackTableBytesMax, 0, 1 << 16);
        requireRange("hpackAmplificationMax", hpackAmplificationMax, 1, Integer.MAX_VALUE);
        requireRange("hpackFreeBytes", hpackFreeBytes, 0, Integer.MAX_VALUE);
        requireRange("resetsMax", resetsMax, 1, 1 << 24);
        requireRange("resetRefillNanos", resetRefillNanos, 0, Long.MAX_VALUE);
        requireRange("resetsPerCall", resetsPerCall, 0, 1 << 10);
        requireRange("resetFreeNanos", resetFreeNanos, 0, Long.MAX_VALUE);
        requireRange("repliesPauseAt", repliesPauseAt, 1, 1 << 24);
        requireRange("repliesMax", repliesMax, 1, 1 << 24);
        requireRange("emptyFramesMax", emptyFramesMax, 1, 1 << 24);
        requireRange("settingsEntriesMax", settingsEntriesMax, 6, 1 << 12);
        requireRange("windowBytesMax", windowBytesMax, 65535, Integer.MAX_VALUE);
        requireRange("unsentBytesMax", unsentBytesMax, 16384, Long.MAX_VALUE);
        requireRange("stalledNanos", stalledNanos, 1, Long.MAX_VALUE);
        requireRange("stalledBytesMin", stalledBytesMin, 1, Integer.MAX_VALUE);
        requireRange("prefaceNanos", prefaceNanos, 1, Long.MAX_VALUE);
    }

    /** SETTINGS_MAX_HEADER_LIST_SIZE: RFC 9113 §6.5.2. */
    int headerListBytesSetting() {
        return headerListBytesTold == 0 ? headerListBytesMax : headerListBytesTold;
    }

    /** Defaults for a trusted network. */
    public static Http2Limits mesh() {
        return new Builder().build();
    }

    /** Defaults for a network that is not trusted. */
    public static Http2Limits edge() {
        return new Builder()
                .streamsMax(100)
                .headerFieldsMax(100)
                .resetsMax(1_000)
                .resetRefillNanos(SECOND_NANOS / 33)
                .repliesMax(500)
                .emptyFramesMax(500)
                .windowBytesMax(65_535)
                .unsentBytesMax(256 << 10)
                .stalledNanos(10_000_000_000L)
                .prefaceNanos(5_000_000_000L)
                .build();
    }

    /** These limits, to be changed. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.streamsMax = streamsMax;
        b.headerListBytesMax = headerListBytesMax;
        b.headerListBytesTold = headerListBytesTold;
        b.headerFieldsMax = headerFieldsMax;
        b.headerBlockBytesMax = headerBlockBytesMax;
        b.continuationsMax = continuationsMax;
        b.hpackTableBytesMax = hpackTableBytesMax;
        b.hpackAmplificationMax = hpackAmplificationMax;
        b.hpackFreeBytes = hpackFreeBytes;
        b.resetsMax = resetsMax;
        b.resetRefillNanos = resetRefillNanos;
        b.resetsPerCall = resetsPerCall;
        b.resetFreeNanos = resetFreeNanos;
        b.repliesPauseAt = repliesPauseAt;
        b.repliesMax = repliesMax;
        b.emptyFramesMax = emptyFramesMax;
        b.settingsEntriesMax = settingsEntriesMax;
        b.windowBytesMax = windowBytesMax;
        b.unsentBytesMax = unsentBytesMax;
        b.stalledNanos = stalledNanos;
        b.stalledBytesMin = stalledBytesMin;
        b.prefaceNanos = prefaceNanos;
        return b;
    }

    /** Collects limits; confined to one thread. Starts with {@link Http2Limits#mesh()}. */
    public static final class Builder {
        private int streamsMax = 10_000;
        private int headerListBytesMax = 8_192;
        private int headerListBytesTold;
        private int headerFieldsMax = 256;
        private int headerBlockBytesMax = 65_536;
        private int continuationsMax = 8;
        private int hpackTableBytesMax = 4_096;
        private int hpackAmplificationMax = 32;
        private int hpackFreeBytes = 65_536;
        private int resetsMax = 2_000;
        private long resetRefillNanos = SECOND_NANOS / 200;
        private int resetsPerCall = 4;
        private long resetFreeNanos = 100_000_000L;
        private int repliesPauseAt = 100;
        private int repliesMax = 1_000;
        private int emptyFramesMax = 1_000;
        private int settingsEntriesMax = 32;
        private int windowBytesMax = 8 << 20;
        private long unsentBytesMax = Long.MAX_VALUE;
        private long stalledNanos = Long.MAX_VALUE;
        private int stalledBytesMin = 16_384;
        private long prefaceNanos = 10_000_000_000L;

        /** {@link Http2Limits#streamsMax()}. */
        public Builder streamsMax(int value) {
            streamsMax = value;
            return this;
        }

        /** {@link Http2Limits#headerListBytesMax()}. */
        public Builder headerListBytesMax(int value) {
            headerListBytesMax = value;
            return this;
        }

        /** {@link Http2Limits#headerListBytesTold()}. */
        public Builder headerListBytesTold(int value) {
            headerListBytesTold = value;
            return this;
        }

        /**
         * All that bounds a header block, so that no other limit undercuts those that are named.
         *
         * @param refused uncompressed bytes, by {@link Http2Limits#headerListBytesMax()}; {@code >
         *     0}
         * @param told to the peer; not less; both count as {@link #HEADER_BYTES_MAX} at most
         */
        public Builder headerLists(int refused, int told) {
            headerListBytesTold = Math.min(told, HEADER_BYTES_MAX);
            headerListBytesMax = Math.min(refused, headerListBytesTold);
            headerBlockBytesMax = Math.max(headerBlockBytesMax, headerListBytesTold);
            continuationsMax += headerListBytesTold / FRAME_BYTES;
            headerFieldsMax = Math.max(headerFieldsMax, headerListBytesTold / FIELD_BYTES_MIN);
            return this;
        }

        /** {@link Http2Limits#headerFieldsMax()}. */
        public Builder headerFieldsMax(int value) {
            headerFieldsMax = value;
            return this;
        }

        /** {@link Http2Limits#headerBlockBytesMax()}. */
        public Builder headerBlockBytesMax(int value) {
            headerBlockBytesMax = value;
            return this;
        }

        /** {@link Http2Limits#continuationsMax()}. */
        public Builder continuationsMax(int value) {
            continuationsMax = value;
            return this;
        }

        /** {@link Http2Limits#hpackTableBytesMax()}. */
        public Builder hpackTableBytesMax(int value) {
            hpackTableBytesMax = value;
            return this;
        }

        /** {@link Http2Limits#hpackAmplificationMax()}. */
        public Builder hpackAmplificationMax(int value) {
            hpackAmplificationMax = value;
            return this;
        }

        /** {@link Http2Limits#hpackFreeBytes()}. */
        public Builder hpackFreeBytes(int value) {
            hpackFreeBytes = value;
            return this;
        }

        /** {@link Http2Limits#resetsMax()}. */
        public Builder resetsMax(int value) {
            resetsMax = value;
            return this;
        }

        /** {@link Http2Limits#resetRefillNanos()}. */
        public Builder resetRefillNanos(long value) {
            resetRefillNanos = value;
            return this;
        }

        /** {@link Http2Limits#resetsPerCall()}. */
        public Builder resetsPerCall(int value) {
            resetsPerCall = value;
            return this;
        }

        /** {@link Http2Limits#resetFreeNanos()}. */
        public Builder resetFreeNanos(long value) {
            resetFreeNanos = value;
            return this;
        }

        /** {@link Http2Limits#repliesPauseAt()}. */
        public Builder repliesPauseAt(int value) {
            repliesPauseAt = value;
            return this;
        }

        /** {@link Http2Limits#repliesMax()}. */
        public Builder repliesMax(int value) {
            repliesMax = value;
            return this;
        }

        /** {@link Http2Limits#emptyFramesMax()}. */
        public Builder emptyFramesMax(int value) {
            emptyFramesMax = value;
            return this;
        }

        /** {@link Http2Limits#settingsEntriesMax()}. */
        public Builder settingsEntriesMax(int value) {
            settingsEntriesMax = value;
            return this;
        }

        /** {@link Http2Limits#windowBytesMax()}. */
        public Builder windowBytesMax(int value) {
            windowBytesMax = value;
            return this;
        }

        /** {@link Http2Limits#unsentBytesMax()}. */
        public Builder unsentBytesMax(long value) {
            unsentBytesMax = value;
            return this;
        }

        /** {@link Http2Limits#stalledNanos()}. */
        public Builder stalledNanos(long value) {
            stalledNanos = value;
            return this;
        }

        /** {@link Http2Limits#stalledBytesMin()}. */
        public Builder stalledBytesMin(int value) {
            stalledBytesMin = value;
            return this;
        }

        /** {@link Http2Limits#prefaceNanos()}. */
        public Builder prefaceNanos(long value) {
            prefaceNanos = value;
            return this;
        }

        /**
         * The limits.
         *
         * @throws IllegalArgumentException when one is out of its range
         */
        public Http2Limits build() {
            return new Http2Limits(
                    streamsMax,
                    headerListBytesMax,
                    headerListBytesTold,
                    headerFieldsMax,
                    headerBlockBytesMax,
                    continuationsMax,
                    hpackTableBytesMax,
                    hpackAmplificationMax,
                    hpackFreeBytes,
                    resetsMax,
                    resetRefillNanos,
                    resetsPerCall,
                    resetFreeNanos,
                    repliesPauseAt,
                    repliesMax,
                    emptyFramesMax,
                    settingsEntriesMax,
                    windowBytesMax,
                    unsentBytesMax,
                    stalledNanos,
                    stalledBytesMin,
                    prefaceNanos);
        }
    }
}

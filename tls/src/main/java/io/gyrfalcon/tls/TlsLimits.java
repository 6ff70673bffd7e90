package io.gyrfalcon.tls;

/**
 * What one peer may cost. Immutable.
 *
 * @param handshakeBytesMax bytes received until the handshake is done, at least 16,384
 * @param emptyRecordsMax records without data in a row on an established session (key updates,
 *     empty records), and answers to key updates that the socket has not taken, at least 1
 */
public record TlsLimits(int handshakeBytesMax, int emptyRecordsMax) {
    /** Room for the longest certificate chains, and far from a burden. */
    public static final TlsLimits DEFAULT = new TlsLimits(128 << 10, 1_000);

    private static final int HANDSHAKE_BYTES_MIN = 16 << 10;

    public TlsLimits {
        if (handshakeBytesMax < HANDSHAKE_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "handshakeBytesMax: " + handshakeBytesMax + " (expected: >= 16384)");
        }
        if (emptyRecordsMax < 1) {
            throw new IllegalArgumentException(
                    "emptyRecordsMax: " + emptyRecordsMax + " (expected: >= 1)");
        }
    }
}

package io.gyrfalcon.eventloop.fake;

/**
 * What a fake network does to bytes. Immutable.
 *
 * @param delayNanosMax each piece travels 0 to this long; order is kept
 * @param pieceBytesMax what is sent arrives in pieces of 1 to this many bytes
 * @param bufferBytes what each direction of a connection holds: sent and not yet read
 * @param resetOneIn one piece in so many resets the connection instead of arriving; 0 = never
 * @param halfCloseOneIn one piece from a client in so many is followed by its end of output; 0 =
 *     never
 */
public record Weather(
        long delayNanosMax,
        int pieceBytesMax,
        int bufferBytes,
        int resetOneIn,
        int halfCloseOneIn) {
    /** Everything arrives at once and whole. */
    public static Weather calm() {
        return new Weather(0, Integer.MAX_VALUE, 1 << 20, 0, 0);
    }

    /** Small pieces, delays up to 2 ms, small buffers; nothing is lost. */
    public static Weather rough() {
        return new Weather(2_000_000, 1500, 16 * 1024, 0, 0);
    }

    /** This weather with other pieces. */
    public Weather withPieces(int bytesMax) {
        return new Weather(delayNanosMax, bytesMax, bufferBytes, resetOneIn, halfCloseOneIn);
    }

    /** This weather with other buffers. */
    public Weather withBuffer(int bytes) {
        return new Weather(delayNanosMax, pieceBytesMax, bytes, resetOneIn, halfCloseOneIn);
    }

    /** This weather with other delays. */
    public Weather withDelay(long nanosMax) {
        return new Weather(nanosMax, pieceBytesMax, bufferBytes, resetOneIn, halfCloseOneIn);
    }

    /** This weather with faults; 0 = never. */
    public Weather withFaults(int resetOneIn, int halfCloseOneIn) {
        return new Weather(delayNanosMax, pieceBytesMax, bufferBytes, resetOneIn, halfCloseOneIn);
    }
}

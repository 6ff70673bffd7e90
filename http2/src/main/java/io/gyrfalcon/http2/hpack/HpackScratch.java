package io.gyrfalcon.http2.hpack;

import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

/**
 * Working memory that the decoders of one loop share; nothing in it outlives a call. Loop-owned.
 *
 * <p>Grows to what the largest block within the limits needs, and stays there.
 */
@LoopOwned
public final class HpackScratch {
    private static final byte[] NONE = {};

    /** The field that is in no table. */
    final Field field = new Field(NONE);

    private final boolean keepsPaths;
    private @Nullable CodedPaths paths;
    private byte[] text = NONE;
    private byte[] spare = NONE;
    private byte[] block = NONE;

    /** Makes an empty one. */
    public HpackScratch() {
        this(HpackFlags.CODED_PATHS.isOn());
    }

    HpackScratch(boolean keepsPaths) {
        this.keepsPaths = keepsPaths;
    }

    /** The paths seen last, made when they are asked for first, or null if none are kept. */
    @Nullable CodedPaths paths() {
        if (paths == null && keepsPaths) paths = new CodedPaths();
        return paths;
    }

    /** The array that literals are decoded into, at least {@code bytesMin} long. */
    byte[] text(int bytesMin) {
        final byte[] current = text;
        return current.length >= bytesMin ? current : textSlow(bytesMin);
    }

    private byte[] textSlow(int bytesMin) {
        final byte[] grown = new byte[Math.max(256, bytesMin + (bytesMin >> 1))];
        System.arraycopy(text, 0, grown, 0, text.length);
        text = grown;
        return grown;
    }

    /** The array that a block is decoded from, at least {@code bytesMin} long. */
    byte[] block(int bytesMin) {
        if (block.length < bytesMin) block = new byte[Math.max(256, bytesMin)];
        return block;
    }

    /** A second array, at least {@code bytesMin} long. */
    byte[] spare(int bytesMin) {
        if (spare.length < bytesMin) spare = new byte[bytesMin];
        return spare;
    }
}

package io.gyrfalcon.http2;

import io.gyrfalcon.http2.hpack.FieldBlock;

import org.jspecify.annotations.Nullable;

/** HEADERS that were handed over but cannot leave yet. Loop-owned; immutable. */
final class HeldHeaders {
    final FieldBlock block;
    final byte @Nullable [][] extra;
    final int extraCount;
    final boolean endStream;

    /** Copies {@code extra}, which stays the caller's. */
    HeldHeaders(FieldBlock block, byte @Nullable [][] extra, int extraCount, boolean endStream) {
        this.block = block;
        this.extra = extra == null ? null : extra.clone();
        this.extraCount = extraCount;
        this.endStream = endStream;
    }
}

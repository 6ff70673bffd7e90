package io.gyrfalcon.transport.server;

import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

/** What the requests of one connection say again and again. Loop-owned. */
@LoopOwned
final class SavedHead {
    private @Nullable Route route;
    private @Nullable String path;
    private @Nullable String authority;
    private @Nullable String encoding;
    private @Nullable String acceptEncoding;
    private long timeoutNanos;
    private boolean hasTrailersTe;
    private byte @Nullable [][] fields;
    private int fieldCount;

    /** Keeps what a request that is not refused has said. */
    void save(RequestHead head) {
        route = head.route;
        path = head.path;
        authority = head.authority;
        encoding = head.encoding;
        acceptEncoding = head.acceptEncoding;
        timeoutNanos = head.timeoutNanos;
        hasTrailersTe = head.hasTrailersTe;
        byte[][] known = head.fields;
        fields = known == null ? null : known.clone();
        fieldCount = head.fieldCount;
    }

    /** Says it again. The call owns its fields, so it gets an array of its own. */
    void restore(RequestHead head) {
        head.route = route;
        head.path = path;
        head.authority = authority;
        head.encoding = encoding;
        head.acceptEncoding = acceptEncoding;
        head.timeoutNanos = timeoutNanos;
        head.isPost = true;
        head.isGrpc = true;
        head.hasTrailersTe = hasTrailersTe;
        byte[][] known = fields;
        head.fields = known == null ? null : known.clone();
        head.fieldCount = fieldCount;
    }
}

package io.gyrfalcon.http2;

import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

/**
 * What ends the connection, as soon as some room has found it. Loop-owned. Rooms set it; {@link
 * Side} acts on it.
 */
@LoopOwned
final class Fault {
    private @Nullable ErrorCode code;
    private String text = "";

    /** The first fault counts. */
    void set(ErrorCode newCode, String newText) {
        if (code != null) return;
        code = newCode;
        text = newText;
    }

    boolean isSet() {
        return code != null;
    }

    @Nullable ErrorCode code() {
        return code;
    }

    String text() {
        return text;
    }
}

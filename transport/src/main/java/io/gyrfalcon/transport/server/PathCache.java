package io.gyrfalcon.transport.server;

import io.gyrfalcon.http2.hpack.Field;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

/**
 * Paths that peers send as literals each time, as nghttp2 does, with their routes. Loop-owned; a
 * direct-mapped table of fixed size, so that paths nobody repeats only push each other out.
 */
@HotPath
@LoopOwned
@SuppressWarnings("ReferenceEquality") // a route belongs to one acceptor, not to its equals
final class PathCache {
    private static final int SLOTS = 256;
    private static final int TAIL_BYTES = 8;

    private final @Nullable KnownField[] fields = new @Nullable KnownField[SLOTS];
    private final @Nullable CallAcceptor[] owners = new @Nullable CallAcceptor[SLOTS];

    /** The path as it was seen before, or as it is seen now for the first time. */
    KnownField of(Field field, CallAcceptor acceptor) {
        int slot = slot(field);
        KnownField known = fields[slot];
        if (known != null && owners[slot] == acceptor && field.valueIs(known.value)) return known;
        KnownField made = KnownField.of(field, KnownField.Role.PATH);
        fields[slot] = made;
        owners[slot] = acceptor;
        return made;
    }

    /** By length and the last bytes: methods of a service differ there. */
    private static int slot(Field field) {
        byte[] bytes = field.valueBytes();
        int end = field.valueOffset() + field.valueLength();
        int start = Math.max(field.valueOffset(), end - TAIL_BYTES);
        int hash = field.valueLength();
        for (int i = start; i < end; i++) {
            hash = 31 * hash + bytes[i];
        }
        hash *= 0x9E3779B9;
        return hash >>> 24;
    }

    /** Forgets the routes of a server that has ended. */
    void forget(CallAcceptor acceptor) {
        for (int i = 0; i < SLOTS; i++) {
            if (owners[i] != acceptor) continue;
            owners[i] = null;
            fields[i] = null;
        }
    }
}

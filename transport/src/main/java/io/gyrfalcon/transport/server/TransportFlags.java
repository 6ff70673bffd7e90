package io.gyrfalcon.transport.server;

import io.gyrfalcon.primitives.flags.Flag;
import io.gyrfalcon.primitives.flags.FlagCatalog;

/** The flags of this module. */
public final class TransportFlags implements FlagCatalog {
    static final Flag REQUEST_MEMO =
            Flag.declare(
                    "request-memo",
                    "keeps what a header table entry means to gRPC with the entry",
                    "loop",
                    true,
                    "every field of every request is looked at anew");

    static final Flag PATH_CACHE =
            Flag.declare(
                    "path-cache",
                    "keeps the routes of paths that peers send as literals",
                    "loop",
                    true,
                    "every literal path is looked up anew");

    static final Flag CALL_RECYCLING =
            Flag.declare(
                    "call-recycling",
                    "keeps the transport's objects of ended calls for the next ones",
                    "loop",
                    true,
                    "every call is a new object");

    static final Flag EARLY_FLUSH =
            Flag.declare(
                    "early-flush",
                    "sends what has gathered for 100 us before the batch is at its end",
                    "connection",
                    true,
                    "answers leave at the end of their batch, or when 64 KiB have gathered");

    /** For the catalogue; the flags are declared by loading the class. */
    public TransportFlags() {}

    @Override
    public void declareAll() {
        // Loading the class has declared them.
    }
}

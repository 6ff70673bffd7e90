package io.gyrfalcon.transport.client;

import io.gyrfalcon.primitives.flags.Flag;
import io.gyrfalcon.primitives.flags.FlagCatalog;

/** The flags of this package. */
public final class ClientFlags implements FlagCatalog {
    static final Flag CALL_RECYCLING =
            Flag.declare(
                    "client-call-recycling",
                    "keeps the objects of a client's ended calls for the next ones",
                    "loop",
                    true,
                    "every call is a new object");

    /** For the catalogue; the flags are declared by loading the class. */
    public ClientFlags() {}

    @Override
    public void declareAll() {
        // Loading the class has declared them.
    }
}

package io.gyrfalcon.http2;

import io.gyrfalcon.primitives.flags.Flag;
import io.gyrfalcon.primitives.flags.FlagCatalog;

/** The flags of this module. */
public final class Http2Flags implements FlagCatalog {
    static final Flag BDP_PROBE =
            Flag.declare(
                    "bdp-probe",
                    "measures bandwidth times delay by PING and enlarges the inbound windows",
                    "connection",
                    true,
                    "windows stay as configured");

    static final Flag STREAM_RECYCLING =
            Flag.declare(
                    "stream-recycling",
                    "keeps the objects of ended streams for the next ones",
                    "loop",
                    true,
                    "every stream is a new object");

    static final Flag DIRECT_DATA =
            Flag.declare(
                    "direct-data",
                    "writes a message that fits its windows straight into the output",
                    "connection",
                    true,
                    "every message passes through the queue of its stream");

    static final Flag BLOCK_MEMO =
            Flag.declare(
                    "block-memo",
                    "tells a header block that equals the one before again, undecoded",
                    "connection",
                    true,
                    "every header block is decoded");

    /** For the catalogue; the flags are declared by loading the class. */
    public Http2Flags() {}

    @Override
    public void declareAll() {
        // Loading the class has declared them.
    }
}

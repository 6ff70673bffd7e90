package io.gyrfalcon.http2.hpack;

import io.gyrfalcon.primitives.flags.Flag;
import io.gyrfalcon.primitives.flags.FlagCatalog;

/** The flags of this package. */
public final class HpackFlags implements FlagCatalog {
    static final Flag PREBUILT_BLOCKS =
            Flag.declare(
                    "hpack-prebuilt-blocks",
                    "enters the fields of pre-built blocks into the peer's table and then sends"
                            + " their indices",
                    "connection",
                    true,
                    "every field of every block is a literal unless the static table has it");

    static final Flag HUFFMAN =
            Flag.declare(
                    "hpack-huffman",
                    "sends names and values in Huffman code where that is shorter",
                    "connection; a pre-built block when it is built",
                    true,
                    "names and values are sent as they are");

    static final Flag FIELD_MEMO =
            Flag.declare(
                    "hpack-field-memo",
                    "keeps what a field meant with its entry in the table",
                    "connection",
                    true,
                    "every field is looked at anew in every block");

    static final Flag CODED_PATHS =
            Flag.declare(
                    "hpack-coded-paths",
                    "recognises the Huffman code of a path that comes in full with every call",
                    "loop",
                    true,
                    "every path is decoded");

    /** For the catalogue; the flags are declared by loading the class. */
    public HpackFlags() {}

    @Override
    public void declareAll() {
        // Loading the class has declared them.
    }
}

package io.gyrfalcon.grpc.server;

import io.gyrfalcon.primitives.flags.Flag;
import io.gyrfalcon.primitives.flags.FlagCatalog;

/** The flags of this module. */
public final class GrpcFlags implements FlagCatalog {
    static final Flag PARSE_IN_PLACE =
            Flag.declare(
                    "parse-in-place",
                    "parses a message of the direct lane where it was received",
                    "server",
                    true,
                    "every message is copied to a slab of its own first");

    /** For the channel's package, too. */
    public static final Flag METADATA_ON_DEMAND =
            Flag.declare(
                    "metadata-on-demand",
                    "builds no Metadata for calls of which nobody can read it",
                    "server or channel",
                    true,
                    "every call has its Metadata");

    static final Flag MESSAGE_RECYCLING =
            Flag.declare(
                    "message-recycling",
                    "uses one stream and one buffer for one message after another",
                    "server",
                    true,
                    "every message has a stream and a buffer of its own");

    static final Flag PROTOBUF_DIRECT =
            Flag.declare(
                    "protobuf-direct",
                    "has messages of grpc-protobuf's marshaller written without its stream",
                    "server or channel",
                    true,
                    "every message is read from the stream of its marshaller");

    static final Flag LEAN_DEADLINES =
            Flag.declare(
                    "lean-deadlines",
                    "makes deadlines without looks at the clock, and on runners that a loop carries"
                            + " no timer for a call that is over at once",
                    "call",
                    true,
                    "every deadline is made from now, and a timer from the start");

    static final Flag PROMPT_COMPLETION =
            Flag.declare(
                    "prompt-completion",
                    "a call on a runner that its loop carries hears of its completion in the run"
                            + " that answers it",
                    "call",
                    true,
                    "it hears of it in the next turn, in another run");

    static final Flag LAZY_COMPLETION =
            Flag.declare(
                    "lazy-completion",
                    "onComplete waits up to 1 ms for the next calls, unless its call is traced",
                    "server",
                    true,
                    "onComplete is handed over at once");

    static final Flag PROMOTION =
            Flag.declare(
                    "promotion",
                    "methods of the default lane whose calls are short run on their loop's runners",
                    "server",
                    true,
                    "methods run on the JDK's scheduler unless set otherwise");

    /** For the catalogue; the flags are declared by loading the class. */
    public GrpcFlags() {}

    @Override
    public void declareAll() {
        // Loading the class has declared them.
    }
}

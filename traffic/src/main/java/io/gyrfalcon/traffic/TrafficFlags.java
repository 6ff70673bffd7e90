package io.gyrfalcon.traffic;

import io.gyrfalcon.primitives.flags.Flag;
import io.gyrfalcon.primitives.flags.FlagCatalog;

/** The flags of this module. */
public final class TrafficFlags implements FlagCatalog {
    /** Whether pick_first has several connections under way. */
    public static final Flag HAPPY_EYEBALLS =
            Flag.declare(
                    "happy-eyeballs",
                    "tries the next address, of the other family first, while one still connects",
                    "channel",
                    true,
                    "addresses are tried one after another, as the resolver ordered them");

    /** For the catalogue; the flags are declared by loading the class. */
    public TrafficFlags() {}

    @Override
    public void declareAll() {
        // Loading the class has declared them.
    }
}

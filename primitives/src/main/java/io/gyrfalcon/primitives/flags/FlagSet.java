package io.gyrfalcon.primitives.flags;

import io.gyrfalcon.primitives.HotPath;

import java.util.Arrays;

/** The states of all flags at one moment. Immutable: a connection or call keeps the one it read. */
@HotPath
public final class FlagSet {
    static final FlagSet NONE = new FlagSet(new boolean[0]);

    private final boolean[] states;

    private FlagSet(boolean[] states) {
        this.states = states;
    }

    /**
     * Whether a flag is on in this snapshot. A flag declared after it was made is as the sources
     * said.
     *
     * @param flag any
     */
    public boolean isOn(Flag flag) {
        final boolean[] states = this.states;
        int index = flag.index;
        return index < states.length ? states[index] : flag.initiallyOn;
    }

    /** The same with one flag changed; flags below it that are missing must not be. */
    FlagSet with(int index, boolean on) {
        boolean[] changed = Arrays.copyOf(states, Math.max(states.length, index + 1));
        changed[index] = on;
        return new FlagSet(changed);
    }
}

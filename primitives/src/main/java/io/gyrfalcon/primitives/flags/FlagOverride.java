package io.gyrfalcon.primitives.flags;

/** A flag that is changed until this is closed; see {@link Flags#override}. Any thread. */
public final class FlagOverride implements AutoCloseable {
    private final Flag flag;
    private final boolean before;

    FlagOverride(Flag flag, boolean before) {
        this.flag = flag;
        this.before = before;
    }

    /** Sets the flag back to what it was. */
    @Override
    public void close() {
        Flags.set(flag, before);
    }
}

package io.gyrfalcon.primitives.flags;

import io.gyrfalcon.primitives.HotPath;

/**
 * One optimization that can be switched off: declared once, in a {@code static final} field of its
 * module. Any thread may ask.
 *
 * <pre>
 * static final Flag FUSED_UNARY = Flag.declare("grpc.fused-unary",
 *         "dispatches a unary call that arrived whole in one step", "call", true,
 *         "each event of a call is dispatched alone");
 * </pre>
 */
public final class Flag {
    private static final int NAME_CHARS_MAX = 64;

    private final String name;
    private final String what;
    private final String scope;
    private final boolean defaultOn;
    private final String whenOff;

    /** Place in every {@link FlagSet} made since the declaration. */
    final int index;

    /** What the sources said when it was declared. */
    final boolean initiallyOn;

    Flag(Declaration text, int index, boolean initiallyOn) {
        this.name = text.name;
        this.what = text.what;
        this.scope = text.scope;
        this.defaultOn = text.defaultOn;
        this.whenOff = text.whenOff;
        this.index = index;
        this.initiallyOn = initiallyOn;
    }

    /**
     * Declares a flag and settles its state from the sources: system property {@code
     * gyrfalcon.flag.NAME}, environment variable {@code GYRFALCON_FLAG_NAME} (upper case, {@code .}
     * and {@code -} as {@code _}), the file that the system property {@code gyrfalcon.flags.file}
     * names, default; the first that speaks of it counts.
     *
     * @param name module and feature, such as {@code eventloop.reuse-port}: a-z, 0-9, dot, hyphen
     * @param what what it does when on
     * @param scope for what the decision is taken: process, loop, listener, connection, call
     * @param defaultOn its state where no source speaks of it
     * @param whenOff what happens instead when it is off
     * @throws IllegalArgumentException if the name is malformed or declared already
     */
    public static Flag declare(
            String name, String what, String scope, boolean defaultOn, String whenOff) {
        checkName(name);
        return Flags.declare(new Declaration(name, what, scope, defaultOn, whenOff));
    }

    /** Whether it is on now: two loads from the snapshot that was published last. */
    @HotPath
    public boolean isOn() {
        return Flags.current().isOn(this);
    }

    /**
     * Whether it is on in a snapshot that was read before, so that several decisions agree.
     *
     * @param flags from {@link Flags#current()}
     */
    @HotPath
    public boolean isOn(FlagSet flags) {
        return flags.isOn(this);
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** What it does when on. */
    public String what() {
        return what;
    }

    /** For what the decision is taken. */
    public String scope() {
        return scope;
    }

    /** Its state where no source speaks of it. */
    public boolean isDefaultOn() {
        return defaultOn;
    }

    /** What happens when it is off. */
    public String whenOff() {
        return whenOff;
    }

    @Override
    public String toString() {
        return name;
    }

    private static void checkName(String name) {
        boolean isGood = !name.isEmpty() && name.length() <= NAME_CHARS_MAX;
        for (int i = 0; isGood && i < name.length(); i++) {
            char c = name.charAt(i);
            isGood = isLetter(c) || isDigit(c) || c == '.' || c == '-';
        }
        if (isGood) return;
        throw new IllegalArgumentException(
                "flag: " + name + " (expected: 1 to 64 of a-z, 0-9, dot, hyphen)");
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** The words of a declaration, on their way to the registry. */
    static final class Declaration {
        final String name;
        final String what;
        final String scope;
        final boolean defaultOn;
        final String whenOff;

        Declaration(String name, String what, String scope, boolean defaultOn, String whenOff) {
            this.name = name;
            this.what = what;
            this.scope = scope;
            this.defaultOn = defaultOn;
            this.whenOff = whenOff;
        }
    }
}

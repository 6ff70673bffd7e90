package io.gyrfalcon.grpc;

/** Arguments of builder methods. Texts are made only when they are needed. */
final class Checks {
    private Checks() {}

    /** {@code text} is followed by the value that was given. */
    static void isTrue(boolean expected, String text, long actual) {
        if (!expected) throw new IllegalArgumentException(text + actual);
    }

    static <T> T notNull(T value, String name) {
        if (value == null) throw new NullPointerException(name);
        return value;
    }
}

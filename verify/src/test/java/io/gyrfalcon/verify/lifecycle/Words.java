package io.gyrfalcon.verify.lifecycle;

import io.grpc.Metadata;

import org.jspecify.annotations.Nullable;

/** Texts of any length that are told apart by a few letters, and metadata of any kind. */
final class Words {
    private static final int SHOWN_MAX = 60;

    private Words() {}

    /** So many letters, never the same for two lengths. */
    static String text(int length) {
        if (length == 0) return "";
        StringBuilder text = new StringBuilder(length);
        int state = length;
        while (text.length() < length) {
            state = state * 1_103_515_245 + 12_345;
            text.append((char) ('a' + ((state >>> 16) & 15)));
        }
        return text.toString();
    }

    /** A text as it is, or what tells a long one from others. */
    static String brief(@Nullable String text) {
        if (text == null) return "null";
        if (text.length() <= SHOWN_MAX) return text;
        return text.length() + " chars #" + Integer.toHexString(text.hashCode());
    }

    /** Some fields, among them doubled and binary ones. */
    static Metadata metadata(int kind) {
        Metadata made = new Metadata();
        if (kind == 0) return made;
        made.put(ascii("plain"), "value " + kind);
        if (kind % 2 == 0) made.put(ascii("plain"), "another");
        if (kind % 3 == 0) made.put(binary("odd-bin"), new byte[] {0, (byte) kind, -1, 44});
        if (kind % 4 == 0) made.put(binary("odd-bin"), new byte[0]);
        if (kind == 5) made.put(ascii("empty"), "");
        if (kind == 7) made.put(ascii("long"), text(3_000));
        if (kind == 8) made.put(ascii("grpc-encoding"), "gzip");
        if (kind == 9) made.put(ascii("content-type"), "text/plain");
        if (kind == 10) made.put(ascii("grpc-status"), "7");
        if (kind == 11) made.put(ascii("content-length"), "5");
        if (kind == 12) made.put(ascii("grpc-message"), "mine");
        if (kind == 13) made.put(ascii("user-agent"), "me");
        return made;
    }

    static Metadata.Key<String> ascii(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static Metadata.Key<byte[]> binary(String name) {
        return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
    }
}

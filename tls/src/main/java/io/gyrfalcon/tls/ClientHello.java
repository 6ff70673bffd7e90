package io.gyrfalcon.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * A look at the first record of a client, before the engine gets it. Any thread.
 *
 * <p>The engine goes on without a protocol where a client does not name any, and has no way to send
 * the alert that RFC 7301 §3.2 asks for. Hence this look ahead.
 */
final class ClientHello {
    /** The protocols were looked at, and h2 is among them. */
    static final int H2 = 0;

    /** The protocols were looked at, and h2 is not among them. */
    static final int NOT_H2 = 1;

    /** Not whole in this record: the engine decides, and the outcome is checked afterwards. */
    static final int UNDECIDED = 2;

    /** Lengths contradict each other, or it is no such message. */
    static final int MALFORMED = 3;

    private static final int CLIENT_HELLO = 1;
    private static final int VERSION_AND_RANDOM_BYTES = 2 + 32;
    private static final int ALPN = 16;

    private ClientHello() {}

    /**
     * Looks at a handshake record.
     *
     * @param record header and fragment, from position to limit; neither is changed
     */
    static int look(ByteBuffer record) {
        ByteBuffer hello = record.slice();
        hello.position(Records.HEADER_BYTES);
        if (hello.remaining() < 4) return UNDECIDED;
        int head = hello.getInt();
        if (head >>> 24 != CLIENT_HELLO) return MALFORMED;
        int bodyBytes = head & 0xFFFFFF;
        if (bodyBytes > hello.remaining()) return UNDECIDED;
        hello.limit(hello.position() + bodyBytes);
        return skip(hello, VERSION_AND_RANDOM_BYTES)
                        && skipVector(hello, 1)
                        && skipVector(hello, 2)
                        && skipVector(hello, 1)
                ? lookAtExtensions(hello)
                : MALFORMED;
    }

    /** The names that a client offers, for the reason that is given. */
    static String offered(ByteBuffer record) {
        ByteBuffer hello = record.slice();
        hello.position(Records.HEADER_BYTES + 4 + VERSION_AND_RANDOM_BYTES);
        skipVector(hello, 1);
        skipVector(hello, 2);
        skipVector(hello, 1);
        ByteBuffer names = hello.remaining() < 2 ? null : protocols(hello);
        if (names == null || !names.hasRemaining()) return "no application protocol";
        StringBuilder text = new StringBuilder();
        while (names.hasRemaining()) {
            byte[] name = new byte[Math.min(names.get() & 0xFF, names.remaining())];
            names.get(name);
            if (!text.isEmpty()) text.append(", ");
            appendPrintable(text, name);
        }
        return text.toString();
    }

    private static void appendPrintable(StringBuilder text, byte[] name) {
        for (char c : new String(name, ISO_8859_1).toCharArray()) {
            text.append(c > ' ' && c <= '~' ? c : '?');
        }
    }

    private static int lookAtExtensions(ByteBuffer hello) {
        if (hello.remaining() == 0) return NOT_H2;
        if (hello.remaining() < 2) return MALFORMED;
        ByteBuffer names = protocols(hello);
        if (names == null) return NOT_H2;
        while (names.hasRemaining()) {
            int length = names.get() & 0xFF;
            if (length > names.remaining()) return MALFORMED;
            if (length == 2
                    && names.get(names.position()) == 'h'
                    && names.get(names.position() + 1) == '2') {
                return H2;
            }
            names.position(names.position() + length);
        }
        return NOT_H2;
    }

    /** The list of protocol names; {@code null} where there is none or lengths do not fit. */
    private static @Nullable ByteBuffer protocols(ByteBuffer hello) {
        hello.getShort();
        while (hello.remaining() >= 4) {
            int type = hello.getShort();
            int length = Short.toUnsignedInt(hello.getShort());
            if (length > hello.remaining()) return null;
            if (type == ALPN && length >= 2) {
                return hello.slice(hello.position() + 2, length - 2);
            }
            hello.position(hello.position() + length);
        }
        return null;
    }

    private static boolean skip(ByteBuffer hello, int count) {
        if (count > hello.remaining()) return false;
        hello.position(hello.position() + count);
        return true;
    }

    private static boolean skipVector(ByteBuffer hello, int lengthBytes) {
        if (hello.remaining() < lengthBytes) return false;
        int count = lengthBytes == 1 ? hello.get() & 0xFF : Short.toUnsignedInt(hello.getShort());
        return skip(hello, count);
    }
}

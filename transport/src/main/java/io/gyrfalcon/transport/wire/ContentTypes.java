package io.gyrfalcon.transport.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** The {@code content-type} of gRPC. Any thread. */
public final class ContentTypes {
    private static final byte[] GRPC = "application/grpc".getBytes(ISO_8859_1);

    private ContentTypes() {}

    /** What we answer with. Shared: do not write to it. */
    public static byte[] grpc() {
        return GRPC;
    }

    /** Whether it is {@code application/grpc}, alone or followed by {@code +} or {@code ;}. */
    public static boolean isGrpc(byte[] value, int offset, int length) {
        if (length < GRPC.length) return false;
        for (int i = 0; i < GRPC.length; i++) {
            if (lower(value[offset + i]) != GRPC[i]) return false;
        }
        if (length == GRPC.length) return true;
        byte next = value[offset + GRPC.length];
        return next == '+' || next == ';';
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }
}

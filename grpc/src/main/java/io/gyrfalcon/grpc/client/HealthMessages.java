package io.gyrfalcon.grpc.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The two messages of {@code grpc.health.v1.Health/Watch}, which need no library for protocol
 * buffers. Stateless.
 *
 * <pre>
 *   message HealthCheckRequest  { string service = 1; }
 *   message HealthCheckResponse { ServingStatus status = 1; }
 * </pre>
 */
final class HealthMessages {
    /** A server that takes calls. */
    static final int SERVING = 1;

    /** What cannot be read. */
    static final int UNREADABLE = -1;

    private static final String[] NAMES = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};
    private static final int SERVICE_TAG = 1 << 3 | 2;
    private static final int STATUS_TAG = 1 << 3;
    private static final int VARINT_BITS_MAX = 63;

    private HealthMessages() {}

    /** A request for this service, gRPC's prefix included. */
    static byte[] request(String service) {
        byte[] name = service.getBytes(UTF_8);
        int lengthBytes = varintBytes(name.length);
        int messageBytes = name.length == 0 ? 0 : 1 + lengthBytes + name.length;
        byte[] framed = new byte[5 + messageBytes];
        for (int i = 0; i < 4; i++) framed[1 + i] = (byte) (messageBytes >>> (24 - 8 * i));
        if (messageBytes == 0) return framed;
        framed[5] = SERVICE_TAG;
        int length = name.length;
        for (int i = 0; i < lengthBytes; i++, length >>>= 7) {
            framed[6 + i] = (byte) (i + 1 < lengthBytes ? (length & 0x7F) | 0x80 : length);
        }
        System.arraycopy(name, 0, framed, 6 + lengthBytes, name.length);
        return framed;
    }

    private static int varintBytes(int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }

    /** The name of a status. */
    static String name(int status) {
        return status >= 0 && status < NAMES.length ? NAMES[status] : "UNRECOGNIZED";
    }

    /** The status that a response has, or {@link #UNREADABLE}. */
    static int status(MemorySegment bytes, long offset, int length) {
        Reader in = new Reader(bytes.asSlice(offset, length));
        long status = 0;
        while (in.hasMore()) {
            long tag = in.varint();
            if (tag == STATUS_TAG) status = in.varint();
            else in.skip((int) tag & 7);
        }
        return in.isBroken ? UNREADABLE : Math.clamp(status, 0, Integer.MAX_VALUE);
    }

    /** Reads fields of a message. One thread. */
    private static final class Reader {
        private final MemorySegment bytes;
        private long at;
        boolean isBroken;

        Reader(MemorySegment bytes) {
            this.bytes = bytes;
        }

        boolean hasMore() {
            return !isBroken && at < bytes.byteSize();
        }

        long varint() {
            long value = 0;
            for (int shift = 0; shift <= VARINT_BITS_MAX && hasMore(); shift += 7) {
                byte next = bytes.get(ValueLayout.JAVA_BYTE, at++);
                value |= (next & 0x7FL) << shift;
                if (next >= 0) return value;
            }
            isBroken = true;
            return 0;
        }

        void skip(int wireType) {
            switch (wireType) {
                case 0 -> varint();
                case 1 -> advance(8);
                case 2 -> advance(varint());
                case 5 -> advance(4);
                default -> isBroken = true;
            }
        }

        private void advance(long count) {
            if (count < 0 || count > bytes.byteSize() - at) isBroken = true;
            else at += count;
        }
    }
}

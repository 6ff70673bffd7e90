package io.gyrfalcon.grpc.server;

import io.grpc.Compressor;
import io.grpc.MethodDescriptor.Marshaller;

import org.jspecify.annotations.Nullable;

/**
 * How messages become what {@link OutboundMessage} takes: by their marshallers. That of
 * grpc-protobuf wraps a message into a stream, from which the engine has the same message written;
 * where nothing reads that stream but the engine, it is left out. Immutable; any thread.
 */
public final class Marshalling {
    private static final String PROTOBUF = "com.google.protobuf.CodedOutputStream";
    private static final String STOCK = "io.grpc.protobuf.lite.ProtoLiteUtils$MessageMarshaller";

    /** Whether our own loader finds protobuf; a service's may find another, or be the only one. */
    private static final boolean HAS_PROTOBUF = hasProtobuf();

    /** Its class, once it was seen: a comparison of names for each message is slow. */
    private static @Nullable Class<?> stock;

    private final boolean isDirect = HAS_PROTOBUF && GrpcFlags.PROTOBUF_DIRECT.isOn();

    /** As the flags say now. */
    public Marshalling() {}

    /**
     * A stream of the message, or the message itself. User code, as a rule.
     *
     * @param compressor what the bytes go through; null: nothing
     */
    public <M> Object source(Marshaller<M> by, M message, @Nullable Compressor compressor) {
        boolean isWritten =
                isDirect
                        && isStock(by)
                        && Encodings.isIdentity(compressor)
                        && ProtobufWriter.isMessage(message);
        return isWritten ? message : by.stream(message);
    }

    private static boolean hasProtobuf() {
        try {
            Class.forName(PROTOBUF, false, Marshalling.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError none) {
            return false;
        }
    }

    /** Whether it is grpc-protobuf's own, which keeps nothing of what it reads and writes. */
    static boolean isStock(Marshaller<?> marshaller) {
        Class<?> is = marshaller.getClass();
        if (is == stock) return true;
        if (!is.getName().equals(STOCK)) return false;
        stock = is;
        return true;
    }
}

package io.gyrfalcon.grpc.server;

import io.grpc.Compressor;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;
import io.gyrfalcon.transport.wire.MessageReader;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * One message as it is sent: five bytes of prefix, then the payload. Used again and again by one
 * owner, a loop or a runner.
 */
@HotPath
public final class OutboundMessage {
    /*
     * What fits goes into one byte[], since the stock protobuf stream serialises straight into an
     * array that has room for all of it; from there it is copied once into the buffer that is sent.
     * What does not fit goes piece by piece into slabs, which are handed over without a copy.
     */
    /** Bytes before each message: a flag, then the length of the payload in four bytes. */
    public static final int PREFIX_BYTES = MessageReader.PREFIX_BYTES;

    private static final int SCRATCH_BYTES_MIN = 1 << 10;
    private static final int SCRATCH_BYTES_MAX = 1 << 16;
    private static final String STOCK_STREAM = "io.grpc.protobuf.lite.ProtoInputStream";

    private final SlabChain spilled;
    private final Collector collector = new Collector();
    private byte[] scratch = new byte[SCRATCH_BYTES_MIN];
    private int end = PREFIX_BYTES;
    private long plainBytes;
    private boolean isCompressed;
    private @Nullable Class<?> stockStream;
    private @Nullable ProtobufWriter protobuf;

    /**
     * An empty one.
     *
     * @param pool where slabs for large messages come from; the owner must be allowed to take there
     */
    public OutboundMessage(SlabPool pool) {
        spilled = new SlabChain(pool);
    }

    /**
     * Takes in what {@link Marshalling#source} has returned.
     *
     * @param compressor as there
     * @throws StatusRuntimeException as {@link #write}
     */
    public void take(Object source, @Nullable Compressor compressor) {
        if (source instanceof InputStream stream) {
            write(stream, compressor);
        } else {
            writeProtobuf(source);
        }
    }

    private void writeProtobuf(Object message) {
        clear();
        ProtobufWriter writer = protobuf;
        if (writer == null) protobuf = writer = new ProtobufWriter(collector);
        try {
            writer.write(message);
            plainBytes = payloadBytes();
            checkLength();
        } catch (IOException | RuntimeException | Error e) {
            throw failed(e);
        }
    }

    /**
     * Takes a message in, in place of the one before, and closes its stream.
     *
     * @param compressor null or identity: the message goes out as it is; so does an empty one
     * @throws StatusRuntimeException INTERNAL if the stream fails or is not as long as it said,
     *     RESOURCE_EXHAUSTED if there is no memory for it
     */
    public void write(InputStream message, @Nullable Compressor compressor) {
        clear();
        if (compressor == null && message.getClass() == stockStream && writeStock(message)) return;
        writeSlow(message, Encodings.isIdentity(compressor) ? null : compressor);
    }

    /** The stock protobuf stream, where all of it fits. */
    private boolean writeStock(InputStream message) {
        try {
            int length = message.available();
            if (length > SCRATCH_BYTES_MAX - PREFIX_BYTES) return false;
            if (length == 0) return true;
            if (length > scratch.length - PREFIX_BYTES) grow(length);
            int n = message.read(scratch, PREFIX_BYTES, length);
            if (n != length) throw inaccurate(n, length);
            end = PREFIX_BYTES + length;
            plainBytes = length;
            return true;
        } catch (IOException | RuntimeException e) {
            throw failed(e);
        }
    }

    private void writeSlow(InputStream message, @Nullable Compressor compressor) {
        try {
            if (compressor == null && isStock(message) && writeStock(message)) return;
            int length = knownLength(message);
            if (length != 0 && compressor != null) {
                isCompressed = true;
                try (OutputStream compressing = compressor.compress(collector)) {
                    plainBytes = drain(message, compressing);
                }
            } else {
                plainBytes = drain(message, collector);
            }
            if (length >= 0 && plainBytes != length) throw inaccurate(plainBytes, length);
            checkLength();
        } catch (IOException | RuntimeException | Error e) {
            throw failed(e);
        } finally {
            closeQuietly(message);
        }
    }

    private void checkLength() {
        if (payloadBytes() > Integer.MAX_VALUE - PREFIX_BYTES) {
            throw new IllegalArgumentException("Message size overflow: " + payloadBytes());
        }
    }

    private static void closeQuietly(InputStream message) {
        try {
            message.close();
        } catch (IOException ignored) {
            // The message is written or has failed by now: closing tells nothing new.
        }
    }

    private boolean isStock(InputStream message) {
        if (!message.getClass().getName().equals(STOCK_STREAM)) return false;
        stockStream = message.getClass();
        return true;
    }

    private static int knownLength(InputStream message) throws IOException {
        boolean isKnown = message instanceof KnownLength || message instanceof ByteArrayInputStream;
        return isKnown ? message.available() : -1;
    }

    private static long drain(InputStream message, OutputStream target) throws IOException {
        if (message instanceof Drainable drainable) return drainable.drainTo(target);
        return message.transferTo(target);
    }

    private static StatusRuntimeException inaccurate(long written, long expected) {
        return Status.INTERNAL
                .withDescription("Message length inaccurate " + written + " != " + expected)
                .asRuntimeException();
    }

    /** What to throw for what a message has thrown, of which nothing is kept. */
    private StatusRuntimeException failed(Throwable e) {
        clear();
        if (e instanceof Error error) throw error;
        if (e instanceof StatusRuntimeException known) return known;
        Status status =
                e instanceof OutOfSlabs
                        ? Status.RESOURCE_EXHAUSTED.withDescription("No memory to send a message")
                        : Status.INTERNAL.withDescription("Failed to frame message");
        return status.withCause(e).asRuntimeException();
    }

    private long payloadBytes() {
        return spilled.bytes() + end - PREFIX_BYTES;
    }

    /** Bytes to send, prefix included; at least {@link #PREFIX_BYTES}. */
    public int frameBytes() {
        return (int) payloadBytes() + PREFIX_BYTES;
    }

    /** Bytes of the message before compression. */
    public long plainBytes() {
        return plainBytes;
    }

    /** Whether the message is small: {@link #copyTo} is then all it takes to send it. */
    public boolean isSmall() {
        return spilled.isEmpty();
    }

    /** Writes prefix and payload of a small message to memory with room for them. */
    public void copyTo(MemorySegment target, long offset) {
        assert isSmall() : "large";
        writePrefix();
        MemorySegment.copy(scratch, 0, target, ValueLayout.JAVA_BYTE, offset, end);
    }

    /**
     * Adds prefix and payload to a chain, large ones by handing their slabs over; this is empty
     * afterwards.
     *
     * @throws OutOfSlabs if there is no memory for it; the chain then ends in a part of the message
     */
    public void moveTo(SlabChain target) {
        writePrefix();
        if (spilled.isEmpty()) {
            target.append(scratch, 0, end);
        } else {
            target.append(scratch, 0, PREFIX_BYTES);
            spilled.moveTo(target, (int) spilled.bytes());
            target.append(scratch, PREFIX_BYTES, end - PREFIX_BYTES);
        }
        clear();
    }

    private void writePrefix() {
        int length = (int) payloadBytes();
        byte[] scratch = this.scratch;
        scratch[0] = (byte) (isCompressed ? 1 : 0);
        scratch[1] = (byte) (length >>> 24);
        scratch[2] = (byte) (length >>> 16);
        scratch[3] = (byte) (length >>> 8);
        scratch[4] = (byte) length;
    }

    /** Forgets the message and gives its slabs back. */
    public void clear() {
        end = PREFIX_BYTES;
        plainBytes = 0;
        isCompressed = false;
        if (!spilled.isEmpty()) spilled.clear();
    }

    /** Room for so many bytes after the prefix; what is there stays. */
    private void grow(int payload) {
        int wanted = Integer.highestOneBit(payload + PREFIX_BYTES - 1) << 1;
        scratch = Arrays.copyOf(scratch, Math.min(wanted, SCRATCH_BYTES_MAX));
    }

    /** Where streams write: the scratch while it fits, then slabs. */
    private final class Collector extends OutputStream {
        @Override
        public void write(int b) {
            if (end == scratch.length) makeRoom(1);
            scratch[end++] = (byte) b;
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            if (length > scratch.length - end) makeRoom(length);
            if (length > scratch.length - end) {
                spilled.append(source, offset, length);
                return;
            }
            System.arraycopy(source, offset, scratch, end, length);
            end += length;
        }

        private void makeRoom(int length) {
            long payload = (long) end - PREFIX_BYTES + length;
            if (spilled.isEmpty() && payload <= SCRATCH_BYTES_MAX - PREFIX_BYTES) {
                grow((int) payload);
                return;
            }
            spilled.append(scratch, PREFIX_BYTES, end - PREFIX_BYTES);
            end = PREFIX_BYTES;
        }
    }
}

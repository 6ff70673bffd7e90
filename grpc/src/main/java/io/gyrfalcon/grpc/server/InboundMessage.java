package io.gyrfalcon.grpc.server;

import io.grpc.Detachable;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;

import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * One received message as marshallers read it, over native memory. Owned by the thread that parses.
 *
 * <p>It may be opened again for the next message, once closed, where the marshaller is known to
 * keep no reference ({@link BoundMethod#reusesStream()}); any other marshaller gets a new one. What
 * {@link #detach()} returns is always an object of its own that is never opened again.
 */
public final class InboundMessage extends InputStream
        implements KnownLength, HasByteBuffer, Detachable {
    private MemorySegment segment = MemorySegment.NULL;
    private long position;
    private long limit;
    private long mark;

    /** Starts with the next message; the one before must be closed. */
    public InboundMessage open(MemorySegment bytes, long offset, int length) {
        segment = bytes;
        position = offset;
        mark = offset;
        limit = offset + length;
        return this;
    }

    @Override
    public int available() {
        return (int) (limit - position);
    }

    @Override
    public int read() {
        if (position == limit) return -1;
        return segment.get(ValueLayout.JAVA_BYTE, position++) & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (position == limit) return length == 0 ? 0 : -1;
        int n = Math.min(length, (int) (limit - position));
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, position, target, offset, n);
        position += n;
        return n;
    }

    @Override
    public long skip(long n) {
        long skipped = Math.max(0, Math.min(n, limit - position));
        position += skipped;
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return true;
    }

    @Override
    public void mark(int readLimit) {
        mark = position;
    }

    @Override
    public void reset() {
        position = mark;
    }

    @Override
    public boolean byteBufferSupported() {
        return true;
    }

    /** The bytes not yet read, read-only; its position is its own. Valid until close. */
    @Override
    public ByteBuffer getByteBuffer() {
        return segment.asSlice(position, limit - position).asByteBuffer().asReadOnlyBuffer();
    }

    /** Moves the unread bytes to a stream that outlives this one; this one is then at its end. */
    @Override
    public InputStream detach() {
        int length = available();
        MemorySegment kept = Arena.ofAuto().allocate(Math.max(1, length));
        MemorySegment.copy(segment, position, kept, 0, length);
        close();
        return new InboundMessage().open(kept, 0, length);
    }

    @Override
    public void close() {
        segment = MemorySegment.NULL;
        position = 0;
        mark = 0;
        limit = 0;
    }
}

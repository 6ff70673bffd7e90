package io.gyrfalcon.grpc.server;

import io.grpc.Detachable;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.gyrfalcon.primitives.memory.Slab;

import org.jspecify.annotations.Nullable;

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
    private final boolean isReused;
    private @Nullable Slab home;
    private MemorySegment segment = MemorySegment.NULL;
    private long position;
    private long limit;
    private long mark;

    /** For one message. */
    public InboundMessage() {
        this(false);
    }

    /** For one message, or for one after another. */
    InboundMessage(boolean isReused) {
        this.isReused = isReused;
    }

    /** Whether it is opened again for other messages. */
    boolean isReused() {
        return isReused;
    }

    /**
     * Starts with the next message; the one before must be closed.
     *
     * @param bytes native memory, which stays as it is until close
     */
    public InboundMessage open(MemorySegment bytes, long offset, int length) {
        assert home == null && limit == 0 : "still open";
        segment = bytes;
        position = offset;
        mark = offset;
        limit = offset + length;
        return this;
    }

    /** As {@link #open(MemorySegment, long, int)}, of a slab that is released on close. */
    public InboundMessage open(Slab slab, long offset, int length) {
        open(slab.segment(), offset, length);
        home = slab;
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

    /**
     * Moves the unread bytes to a stream that outlives this one, which is then at its end. A slab
     * moves along; bytes of a buffer that is not the message's own are copied.
     */
    @Override
    public InputStream detach() {
        InboundMessage detached = new InboundMessage();
        int length = available();
        Slab slab = home;
        if (slab != null) {
            home = null;
            detached.open(slab, position, length);
        } else if (length > 0) {
            MemorySegment copy = Arena.ofAuto().allocate(length);
            MemorySegment.copy(segment, position, copy, 0, length);
            detached.open(copy, 0, length);
        }
        close();
        return detached;
    }

    /** Releases the bytes; nothing can be read any more. A second close does nothing. */
    @Override
    public void close() {
        segment = MemorySegment.NULL;
        position = 0;
        mark = 0;
        limit = 0;
        Slab slab = home;
        if (slab == null) return;
        home = null;
        slab.release();
    }
}

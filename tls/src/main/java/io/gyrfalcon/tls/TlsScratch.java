package io.gyrfalcon.tls;

import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * The buffers that all sessions of a loop share; nothing stays in them between calls. Loop-owned.
 *
 * <p>The JDK's ciphers are fastest on arrays and its engine wants room for the longest record
 * whatever the length of this one: so records pass through here, and a session needs no buffer of
 * its own.
 */
@LoopOwned
public final class TlsScratch {
    /**
     * Plain bytes of a record that we make. The limit is 16 KiB (RFC 8446 §5.1), into which the
     * JDK's engine counts 16 bytes of padding and the inner type: more would be two records.
     */
    static final int PLAIN_BYTES_MAX = (16 << 10) - 17;

    /** The engine may be set to write records of up to 32 KiB; it wants room for one. */
    private static final int RECORD_ROOM_BYTES = 33 << 10;

    private final ByteBuffer received = ByteBuffer.allocate(Records.RECORD_BYTES_MAX);
    private final ByteBuffer leaving = ByteBuffer.allocate(PLAIN_BYTES_MAX);
    private final ByteBuffer wrapped = ByteBuffer.allocate(RECORD_ROOM_BYTES);
    private final MemorySegment opened = Arena.ofAuto().allocate(RECORD_ROOM_BYTES, 64);
    private final ByteBuffer openedView = opened.asByteBuffer();

    /** A copy of a received record, to be opened; its bytes are overwritten while that is done. */
    ByteBuffer received(MemorySegment bytes, long offset, int count) {
        received.clear();
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, received.array(), 0, count);
        return received.limit(count);
    }

    /** Plain text of an opened record; empty now. */
    ByteBuffer opened() {
        return openedView.clear();
    }

    MemorySegment openedBytes() {
        return opened;
    }

    /** Moves the first bytes of a chain, as many as a record takes, to here. */
    ByteBuffer leaving(SlabChain plain) {
        final byte[] array = leaving.array();
        int count = 0;
        while (count < PLAIN_BYTES_MAX && !plain.isEmpty()) {
            int run = Math.min(plain.headBytes(), PLAIN_BYTES_MAX - count);
            MemorySegment.copy(
                    plain.head(), ValueLayout.JAVA_BYTE, plain.headOffset(), array, count, run);
            plain.consume(run);
            count += run;
        }
        return leaving.clear().limit(count);
    }

    /** A source without bytes, for records of the engine's own. */
    ByteBuffer nothing() {
        return leaving.clear().limit(0);
    }

    /** A record to be sent; empty now. */
    ByteBuffer wrapped() {
        return wrapped.clear();
    }

    byte[] wrappedBytes() {
        return wrapped.array();
    }
}

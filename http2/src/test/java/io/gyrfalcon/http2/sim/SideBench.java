package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.Side;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * One side on a table: bytes are put in by hand, frames taken out. Not thread-safe.
 *
 * @param <B> the bench itself, for calls in a row
 */
abstract class SideBench<B extends SideBench<B>> implements AutoCloseable {
    public static final long SECOND = 1_000_000_000L;

    public final SlabPool slabs;
    public final SlabChain out;
    final FrameParser parser = new FrameParser();
    public long now = 1_000 * SECOND;

    SideBench(long bytesMax) {
        slabs = SlabPool.forLoop(new Budget(bytesMax));
        slabs.ownedBy(Thread.currentThread());
        out = new SlabChain(slabs);
    }

    abstract Side side();

    abstract B self();

    /** Hands over the bytes in one piece. */
    public final B send(FrameBytes bytes) {
        return send(bytes.toByteArray());
    }

    public final B send(byte[] bytes) {
        if (bytes.length == 0) return self();
        Slab slab = slabs.take(bytes.length);
        try {
            MemorySegment.copy(bytes, 0, slab.segment(), ValueLayout.JAVA_BYTE, 0, bytes.length);
            side().receive(slab.segment(), 0, bytes.length, now);
        } finally {
            slab.release();
        }
        side().pump(now);
        return self();
    }

    /** Hands over the bytes one by one. */
    public final B sendBytewise(FrameBytes bytes) {
        for (byte b : bytes.toByteArray()) send(new byte[] {b});
        return self();
    }

    /** What the side has sent since last time; all of it is taken, and more pumped. */
    public final List<Frame> frames() {
        List<Frame> frames = new ArrayList<>();
        while (!out.isEmpty()) {
            frames.addAll(parser.parse(FrameParser.take(out, Integer.MAX_VALUE)));
            side().pump(now);
        }
        return frames;
    }

    /** The same as lines. */
    public final List<String> sent() {
        return frames().stream().map(Frame::toString).toList();
    }

    /** Time passes; timers that are due fire. */
    public final B later(long nanos) {
        long until = now + nanos;
        while (side().nextTimeNanos() <= until) {
            now = Math.max(now, side().nextTimeNanos());
            side().onTime(now);
        }
        now = until;
        side().pump(now);
        return self();
    }

    /** Sends a message of so many bytes. */
    public final void data(Stream s, int n, boolean end) {
        SlabChain chain = side().beginData(s, n);
        chain.append(new byte[n], 0, n);
        side().endData(s, end);
    }

    /** Ends everything; no slab may be left. */
    @Override
    public final void close() {
        side().abort();
        out.clear();
        if (slabs.outstanding() != 0) {
            throw new AssertionError("slabs left: " + slabs.describeOutstanding());
        }
        slabs.close();
    }
}

package io.gyrfalcon.http2.stream;

import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

/**
 * What one stream has to send and may send. Loop-owned. A node of {@link SendScheduler}.
 *
 * @param <S> what the queue belongs to
 */
@LoopOwned
public final class SendQueue<S> {
    private final S owner;
    private final SlabChain bytes;
    private final FlowWindow window = new FlowWindow(0);
    private boolean isEnding;

    // Of the scheduler.
    @Nullable SendQueue<S> previous;
    @Nullable SendQueue<S> next;
    SendScheduler.@Nullable Line<S> line;
    int deficit;

    public SendQueue(S owner, SlabPool slabs) {
        this.owner = owner;
        bytes = new SlabChain(slabs);
    }

    public S owner() {
        return owner;
    }

    /** The bytes that wait. */
    public SlabChain bytes() {
        return bytes;
    }

    /** What the peer takes on this stream. */
    public FlowWindow window() {
        return window;
    }

    /** Whether END_STREAM follows the last byte. */
    public boolean isEnding() {
        return isEnding;
    }

    public void end() {
        isEnding = true;
    }

    /** How many bytes its turn still allows. */
    public int turnBytes() {
        return deficit;
    }

    /** Whether it waits for its turn. */
    public boolean isScheduled() {
        return line != null;
    }

    /** Starts afresh; the scheduler has let go of it. */
    public void recycle(int windowBytes) {
        assert line == null : "still scheduled";
        window.set(windowBytes);
        isEnding = false;
        if (!bytes.isEmpty()) bytes.clear();
    }
}

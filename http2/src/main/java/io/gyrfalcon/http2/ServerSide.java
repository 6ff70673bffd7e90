package io.gyrfalcon.http2;

import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

import java.util.function.Consumer;

/** The server's side of one connection. Loop-owned. */
@LoopOwned
@HotPath
public final class ServerSide extends Side {
    /**
     * @param settings of the server
     * @param limits of the server
     * @param events what the connection tells
     * @param slabs of the loop
     * @param out where frames go; the caller consumes it as the socket takes it
     * @param scratch of the loop, made with the same {@code slabs}
     * @param nowNanos the time
     */
    public ServerSide(
            Http2Settings settings,
            Http2Limits limits,
            ServerEvents events,
            SlabPool slabs,
            SlabChain out,
            Http2Scratch scratch,
            long nowNanos) {
        Rooms rooms =
                new Rooms(Role.SERVER, settings, limits, events, slabs, out, scratch, nowNanos);
        super(rooms, new Requests(events, rooms), GoAwaySink.NOTHING);
    }

    /**
     * Sends a block of HEADERS. Ignored when we may not send on the stream any more; behind data
     * that waits, it waits too.
     *
     * @param extra fields that follow the block's own: name, value, name, value; or null
     * @param extraCount how many of {@code extra} count, even
     */
    public void sendHeaders(
            Stream stream,
            FieldBlock block,
            byte @Nullable [][] extra,
            int extraCount,
            boolean endStream) {
        try {
            outbound.sendHeaders(stream, block, extra, extraCount, endStream);
        } catch (OutOfSlabs e) {
            outOfSlabs();
        }
    }

    /**
     * Whether it is in the middle of nothing, so that it may go to another loop. Data that waits
     * for the peer's window may wait.
     */
    public boolean isQuiet() {
        return isResting();
    }

    /**
     * Goes over to another loop, with its streams. Only while {@link #isQuiet}; the output's own
     * memory is the caller's matter.
     *
     * @param slabs of the new loop
     * @param shared of the new loop
     */
    public void moveTo(SlabPool slabs, Http2Scratch shared) {
        use(slabs, shared);
    }

    /** Shows every open stream. */
    public void forEachStream(Consumer<Stream> visitor) {
        streams.forEach((id, stream) -> visitor.accept(stream));
    }

    @Override
    void afterEvents(long nowNanos) {
        // A server has told everything.
    }
}

package io.gyrfalcon.http2;

import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

/** The client's side of one connection. Loop-owned. */
/*
 * Opening a stream
 *
 * Identifiers go out in order, and a stream that was never announced cannot be reset. So a stream
 * is opened and its HEADERS written in one step, and what may not be opened yet waits with the
 * owner: `canOpen` says whether, `onOpenable` says when.
 */
@LoopOwned
@HotPath
public final class ClientSide extends Side {
    private final ClientEvents events;
    private final Departure departure;
    private boolean isEstablished;
    private boolean isAwaited;

    /**
     * @param settings of the client
     * @param limits of the client
     * @param events what the connection tells
     * @param slabs of the loop
     * @param out where frames go; the caller consumes it as the socket takes it
     * @param scratch of the loop, made with the same {@code slabs}
     * @param nowNanos the time
     */
    public ClientSide(
            Http2Settings settings,
            Http2Limits limits,
            ClientEvents events,
            SlabPool slabs,
            SlabChain out,
            Http2Scratch scratch,
            long nowNanos) {
        Rooms rooms =
                new Rooms(Role.CLIENT, settings, limits, events, slabs, out, scratch, nowNanos);
        Departure departure = new Departure(events, rooms);
        super(rooms, new Responses(events, rooms), departure);
        this.events = events;
        this.departure = departure;
    }

    /**
     * Whether a stream can be opened now: the server's SETTINGS have come, its limit and ours are
     * not reached, the output has room, and the connection is not {@link #isClosing}. If not,
     * {@link ClientEvents#onOpenable} says when.
     */
    public boolean canOpen() {
        boolean isOpenable = isOpenable();
        if (!isOpenable) isAwaited = true;
        return isOpenable;
    }

    private boolean isOpenable() {
        return isEstablished && streams.mayOpen() && outbound.hasRoom() && !isClosing();
    }

    /** Whether the server's limit of streams, or ours, is reached. */
    public boolean isFull() {
        return !streams.mayOpen();
    }

    /** Whether no stream will be opened any more. */
    public boolean isClosing() {
        return shutdown.isStarted() || departure.isAnnounced() || streams.isUsedUp() || hasFailed();
    }

    /**
     * Opens a stream and sends its HEADERS; only where {@link #canOpen}. The method is not HEAD,
     * whose responses announce a body that does not come.
     *
     * @param extra fields that follow the block's own: name, value, name, value; or null
     * @param extraCount how many of {@code extra} count, even
     */
    public Stream open(
            FieldBlock block, byte @Nullable [][] extra, int extraCount, boolean endStream) {
        assert isOpenable() : "no stream can be opened";
        Stream s = streams.openOwn(inbound.streamBytes(), outbound.initialWindowBytes());
        try {
            outbound.open(s, block, extra, extraCount, endStream);
        } catch (OutOfSlabs e) {
            outOfSlabs();
        }
        return s;
    }

    /** Only for tests of the last identifiers. */
    void skipTo(int id) {
        streams.skipTo(id);
    }

    @Override
    void afterEvents(long nowNanos) {
        if (!isEstablished && handshake.hasSettings()) {
            isEstablished = true;
            events.onEstablished();
        }
        while (isAwaited && isOpenable()) {
            isAwaited = false;
            events.onOpenable();
            settle();
        }
        if (streams.size() > 0) {
            liveness.onCalls(nowNanos);
        } else if (isClosing()) {
            shutdown(nowNanos);
        }
    }
}

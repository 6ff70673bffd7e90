package io.gyrfalcon.http2;

import io.gyrfalcon.http2.frame.FrameHeader;
import io.gyrfalcon.primitives.LoopOwned;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** What the server's GOAWAY has said to a client: RFC 9113 §6.8. Loop-owned. */
@LoopOwned
final class Departure implements GoAwaySink {
    private static final int FIXED_BYTES = 8;
    private static final int DEBUG_BYTES_MAX = 512;

    private final ClientEvents events;
    private final Streams streams;
    private final Fault fault;
    private boolean isAnnounced;
    private int lastId = Integer.MAX_VALUE;

    Departure(ClientEvents events, Rooms rooms) {
        this.events = events;
        streams = rooms.streams;
        fault = rooms.fault;
    }

    /** Whether the server takes no more streams. */
    boolean isAnnounced() {
        return isAnnounced;
    }

    /** The last identifier may come down from one GOAWAY to the next, but not grow. */
    @Override
    public void onGoAway(MemorySegment bytes, long at, int n) {
        int id = bytes.get(FrameHeader.INT, at) & 0x7fff_ffff;
        if (id > lastId) {
            fault.set(ErrorCode.PROTOCOL_ERROR, "the last stream of GOAWAY grows");
            return;
        }
        isAnnounced = true;
        lastId = id;
        long code = bytes.get(FrameHeader.INT, at + 4) & 0xffff_ffffL;
        byte[] text = new byte[Math.min(n - FIXED_BYTES, DEBUG_BYTES_MAX)];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at + FIXED_BYTES, text, 0, text.length);
        events.onGoAway(id, code, new String(text, StandardCharsets.UTF_8));
        streams.refuseAbove(id);
    }
}

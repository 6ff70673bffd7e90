package io.gyrfalcon.http2;

import java.lang.foreign.MemorySegment;

/** Takes the GOAWAY frames of the peer, whose length is right. */
interface GoAwaySink {
    /** A client that goes away opens no more streams: nothing to do for a server. */
    GoAwaySink NOTHING = (bytes, at, n) -> {};

    /** The payload of one frame. */
    void onGoAway(MemorySegment bytes, long at, int n);
}

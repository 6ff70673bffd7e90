package io.gyrfalcon.http2;

import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The server's side of one connection. Loop-owned. */
@LoopOwned
@SuppressWarnings({"DoNotCallSuggester", "unused"})
public final class ServerSide {
    public ServerSide(
            Http2Settings settings,
            Http2Limits limits,
            ServerEvents events,
            SlabPool slabs,
            SlabChain out,
            Http2Scratch scratch,
            long nowNanos) {}

    private static UnsupportedOperationException todo() {
        return new UnsupportedOperationException();
    }

    public void start() {
        throw todo();
    }

    public void receive(MemorySegment bytes, long offset, int length, long nowNanos) {
        throw todo();
    }

    public void sendHeaders(
            Stream stream,
            FieldBlock block,
            byte @Nullable [][] extra,
            int extraCount,
            boolean endStream) {
        throw todo();
    }

    public SlabChain beginData(Stream stream, int bytes) {
        throw todo();
    }

    public void endData(Stream stream, boolean endStream) {
        throw todo();
    }

    public void reset(Stream stream, ErrorCode code) {
        throw todo();
    }

    public void consumed(Stream stream, int bytes) {
        throw todo();
    }

    public void release(Stream stream) {
        throw todo();
    }

    public void pump(long nowNanos) {
        throw todo();
    }

    public void shutdown(long nowNanos) {
        throw todo();
    }

    public void goAway(ErrorCode code, String debug) {
        throw todo();
    }

    public long nextTimeNanos() {
        throw todo();
    }

    public void onTime(long nowNanos) {
        throw todo();
    }

    public boolean wantsReading() {
        throw todo();
    }

    public boolean isFinished() {
        throw todo();
    }

    public int openStreams() {
        throw todo();
    }

    /** FIN from the peer: the streams that are open end. */
    public void onInputEnd(long nowNanos) {
        throw todo();
    }

    /** The socket is gone: every open stream is told onReset and onClosed; all memory is given back. */
    public void abort() {
        throw todo();
    }
}

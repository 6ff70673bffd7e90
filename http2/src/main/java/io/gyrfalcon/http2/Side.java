package io.gyrfalcon.http2;

import io.gyrfalcon.http2.guard.ReplyBudget;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * One side of one connection: bytes in, events and bytes out. Loop-owned.
 *
 * <p>Owns neither socket nor clock: the caller hands over what arrives, sends what gathers in the
 * output, and says what time it is. Nothing a peer sends throws.
 */
@LoopOwned
@HotPath
public abstract sealed class Side permits ServerSide, ClientSide {
    private final StreamEvents events;
    private Http2Scratch scratch;
    private final Fault fault;
    private final ReplyBudget replies;
    final Streams streams;
    final Outbound outbound;
    final Inbound inbound;
    final Handshake handshake;
    final Liveness liveness;
    private final Lifetime lifetime;
    final Shutdown shutdown;
    private final Stalls stalls;
    private final FrameRouter router;
    private int depth;

    Side(Rooms rooms, BlockSink blocks, GoAwaySink goAways) {
        events = rooms.events;
        scratch = rooms.scratch;
        fault = rooms.fault;
        replies = rooms.replies;
        streams = rooms.streams;
        outbound = rooms.outbound;
        inbound = rooms.inbound;
        handshake = rooms.handshake;
        liveness = rooms.liveness;
        lifetime = rooms.lifetime;
        shutdown = rooms.shutdown;
        stalls = rooms.stalls;
        HeaderAssembly assembly = new HeaderAssembly(rooms.limits, blocks, fault, rooms.slabs);
        router = new FrameRouter(rooms, assembly, goAways);
    }

    /**
     * As {@link #start()}, some time after this was made, as behind a TLS handshake: the peer has
     * the time for its preface from now on.
     */
    public final void start(long nowNanos) {
        handshake.from(nowNanos);
        start();
    }

    /** Writes our preface: SETTINGS, and WINDOW_UPDATE for the connection. */
    public final void start() {
        try {
            handshake.start();
            inbound.start();
        } catch (OutOfSlabs e) {
            outOfSlabs();
        }
    }

    /**
     * Takes what has arrived. Not to be called from an event.
     *
     * @param bytes native memory, valid during the call
     */
    public final void receive(MemorySegment bytes, long offset, int length, long nowNanos) {
        assert depth == 0 : "receive within an event";
        if (shutdown.isOver()) return;
        depth = 1;
        try {
            checkReplies();
            stalls.at(nowNanos);
            liveness.onRead(nowNanos);
            router.receive(bytes, offset, length, nowNanos);
        } catch (OutOfSlabs e) {
            outOfSlabs();
        } finally {
            depth = 0;
        }
        leave(nowNanos);
    }

    private void checkReplies() {
        replies.onLeft(outbound.aheadBytes());
        if (replies.isExceeded()) {
            fault.set(ErrorCode.ENHANCE_YOUR_CALM, "replies are not read");
        }
    }

    /** Ends every call from outside: tells what is due, acts on a fault. */
    private void leave(long nowNanos) {
        if (depth > 0) return;
        depth = 1;
        try {
            settle();
            if (!fault.isSet()) afterEvents(nowNanos);
            if (fault.isSet() && !shutdown.isOver()) fail();
        } finally {
            depth = 0;
        }
        lifetime.onStreams(streams.size(), nowNanos);
    }

    /** Tells what is due, instead of when the next call from outside ends; not within an event. */
    public final void tell() {
        if (depth > 0) return;
        depth = 1;
        try {
            settle();
        } finally {
            depth = 0;
        }
    }

    /** Whether the connection is at its end for a fault, acted on or not. */
    public final boolean hasFailed() {
        return fault.isSet();
    }

    /** The code of that fault, once there is one. */
    public final @Nullable ErrorCode faultCode() {
        return fault.code();
    }

    /** What is known of that fault. */
    public final String faultText() {
        return fault.text();
    }

    final void settle() {
        if (streams.hasDue()) streams.settle(events);
    }

    /** What else this side tells or does when a call from outside ends; as an event. */
    abstract void afterEvents(long nowNanos);

    private void fail() {
        ErrorCode code = fault.code();
        assert code != null;
        end(code, fault.text());
        streams.settle(events);
        events.onConnectionError(code, fault.text());
    }

    private void end(ErrorCode code, String text) {
        try {
            shutdown.now(code, text);
        } catch (OutOfSlabs e) {
            shutdown.silently();
        }
        router.clear();
        streams.loseAll(code.code(), false);
    }

    final void outOfSlabs() {
        fault.set(ErrorCode.ENHANCE_YOUR_CALM, "out of memory");
    }

    /**
     * Begins a piece of data; {@link #endData} must follow before anything else is sent and before
     * the output is consumed. If appending fails, {@link #reset} the stream instead.
     *
     * @param bytes exactly as many as will be appended
     * @return where to append them
     * @throws OutOfSlabs when memory is exhausted; then nothing has begun
     */
    public final SlabChain beginData(Stream stream, int bytes) {
        return outbound.beginData(stream, bytes);
    }

    /** Ends a piece of data: it leaves as far as windows and output allow. */
    public final void endData(Stream stream, boolean endStream) {
        try {
            outbound.endData(stream, endStream);
        } catch (OutOfSlabs e) {
            outOfSlabs();
        }
    }

    /** Ends the stream by RST_STREAM; nothing if it is closed. {@code onClosed} follows. */
    public final void reset(Stream stream, ErrorCode code) {
        try {
            outbound.reset(stream, code);
        } catch (OutOfSlabs e) {
            outOfSlabs();
        }
    }

    /** Gives the peer credit again for {@code bytes} that {@code onData} handed over. */
    public final void consumed(Stream stream, int bytes) {
        try {
            inbound.consumed(stream, bytes);
        } catch (OutOfSlabs e) {
            outOfSlabs();
        }
    }

    /** Frees the slot of a stream after {@code onClosed}; the object is not used any more. */
    public final void release(Stream stream) {
        streams.release(stream);
    }

    /**
     * Says how many bytes have left the output and were not taken by the socket, where something
     * lies in between, as TLS does. They count as the output's own; 0 at first.
     */
    public final void unsentBeyond(long bytes) {
        outbound.beyond(bytes);
    }

    /** Lets leave what may: after the output has drained, and at the end of a batch. */
    public final void pump(long nowNanos) {
        replies.onLeft(outbound.aheadBytes());
        if (!shutdown.isOver()) {
            stalls.at(nowNanos);
            try {
                outbound.pump();
                inbound.giveCredit(nowNanos);
            } catch (OutOfSlabs e) {
                outOfSlabs();
            }
        }
        leave(nowNanos);
    }

    /** Begins to shut down: GOAWAY, of a server in two steps; then the open streams may end. */
    public final void shutdown(long nowNanos) {
        try {
            if (handshake.hasSettings()) shutdown.start(nowNanos, "");
            else shutdown.startSilent(nowNanos);
        } catch (OutOfSlabs e) {
            outOfSlabs();
        }
    }

    /** Ends the connection at once; the open streams are told so by the next {@link #pump}. */
    public final void goAway(ErrorCode code, String debug) {
        if (!shutdown.isOver()) end(code, debug);
    }

    /**
     * As {@link #goAway} without an error, and every open stream is reset, so that its caller
     * knows.
     */
    public final void cancelAll(String debug) {
        if (shutdown.isOver()) return;
        try {
            shutdown.now(ErrorCode.NO_ERROR, debug);
            for (Stream s : streams.snapshot()) streams.reset(s, ErrorCode.CANCEL);
        } catch (OutOfSlabs e) {
            shutdown.silently();
        }
        router.clear();
        streams.loseAll(ErrorCode.CANCEL.code(), false);
    }

    /** The most bytes that one stream has waiting for its peer to take them; 0 if none has. */
    public final long stalledBytes() {
        Stream s = outbound.mostStalled();
        return s == null ? 0 : s.queuedBytes();
    }

    /**
     * Resets the stream of {@link #stalledBytes} by CANCEL, since its bytes are wanted back; the
     * next {@link #pump} tells.
     */
    public final void shedStalled() {
        Stream s = outbound.mostStalled();
        if (s != null) reset(s, ErrorCode.CANCEL);
    }

    /** What the peer may still send on the connection. A plain look, for any thread. */
    public final int receiveWindowBytes() {
        return inbound.windowBytes();
    }

    /** What we may still send on the connection. A plain look, for any thread. */
    public final int sendWindowBytes() {
        return outbound.windowBytes();
    }

    /** How many keepalive pings we have sent. A plain look, for any thread. */
    public final int keepAlivesSent() {
        return liveness.keepAlivesSent();
    }

    /** When {@link #onTime} is to be called; Long.MAX_VALUE if never. Changes with every call. */
    public final long nextTimeNanos() {
        if (shutdown.isOver()) return Deadline.NONE;
        long next = Math.min(handshake.dueNanos(), liveness.dueNanos());
        next = Math.min(next, Math.min(lifetime.dueNanos(), shutdown.dueNanos()));
        return Math.min(next, Math.min(stalls.dueNanos(), inbound.dueNanos()));
    }

    /** The time that {@link #nextTimeNanos} named has come; too early or too late is harmless. */
    public final void onTime(long nowNanos) {
        if (shutdown.isOver()) return;
        try {
            handshake.onTime(nowNanos);
            liveness.onTime(nowNanos);
            lifetime.onTime(nowNanos);
            shutdown.onTime(nowNanos);
            stalls.onTime(nowNanos);
            inbound.onTime(nowNanos);
        } catch (OutOfSlabs e) {
            outOfSlabs();
        }
        leave(nowNanos);
    }

    /**
     * Whether more should be received: not while the peer leaves our replies unread. If not, the
     * caller sends what is in the output and asks again, for only what the socket does not take
     * counts. Where more is received without that, the connection ends at the limit.
     */
    public final boolean wantsReading() {
        replies.onLeft(outbound.aheadBytes());
        return !replies.isPaused();
    }

    /** Whether to send what is in the output, as far as the socket takes it, and to close. */
    public final boolean isFinished() {
        return shutdown.isFinished();
    }

    /** Streams on which something can still happen. */
    public final int openStreams() {
        return streams.size();
    }

    /**
     * Whether nothing is half done: no frame has begun and not ended, nothing is in the output, no
     * event is due, and the connection is not at its end.
     */
    final boolean isResting() {
        return depth == 0
                && router.isQuiet()
                && outbound.aheadBytes() == 0
                && !streams.hasDue()
                && !fault.isSet()
                && !shutdown.isStarted();
    }

    /** Uses another loop's memory from now on, while resting. */
    final void use(SlabPool slabs, Http2Scratch other) {
        assert isResting() : "moved in the middle of something";
        scratch = other;
        streams.moveTo(slabs, other);
        outbound.moveTo(slabs, other);
        router.moveTo(slabs, other);
    }

    /** FIN from the peer: it will not read either, as gRPC understands it. Ends every stream. */
    public final void onInputEnd(long nowNanos) {
        abort();
    }

    /** The socket is gone: tells every open stream so and gives back all memory. */
    public final void abort() {
        shutdown.silently();
        router.clear();
        scratch.discard.clear();
        streams.loseAll(ErrorCode.CANCEL.code(), true);
        if (depth > 0) return;
        depth = 1;
        try {
            streams.settle(events);
        } finally {
            depth = 0;
        }
    }
}

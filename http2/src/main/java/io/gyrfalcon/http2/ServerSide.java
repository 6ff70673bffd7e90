package io.gyrfalcon.http2;

import io.gyrfalcon.http2.guard.PingBudget;
import io.gyrfalcon.http2.guard.ProgressBudget;
import io.gyrfalcon.http2.guard.ReplyBudget;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.http2.stream.SendScheduler;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * The server's side of one connection: bytes in, events and bytes out. Loop-owned.
 *
 * <p>Owns neither socket nor clock: the caller hands over what arrives, sends what gathers in the
 * output, and says what time it is. Nothing a peer sends throws.
 */
@LoopOwned
@HotPath
public final class ServerSide {
    private final ServerEvents events;
    private final Http2Scratch scratch;
    private final Fault fault = new Fault();
    private final ReplyBudget replies;
    private final Streams streams;
    private final Outbound outbound;
    private final Inbound inbound;
    private final Handshake handshake;
    private final Liveness liveness;
    private final Lifetime lifetime;
    private final Shutdown shutdown;
    private final Stalls stalls;
    private final FrameRouter router;
    private int depth;

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
        this.events = events;
        this.scratch = scratch;
        replies = new ReplyBudget(limits.repliesPauseAt(), limits.repliesMax());
        Control control = new Control(out, replies);
        ProgressBudget progress = new ProgressBudget(limits.emptyFramesMax());
        PingBudget pings =
                new PingBudget(
                        settings.permitKeepAliveNanos(), settings.permitKeepAliveWithoutCalls());
        SendScheduler<Stream> scheduler = new SendScheduler<>();
        HeaderWriter writer = new HeaderWriter(out, slabs);
        BandwidthProbe probe = new BandwidthProbe(control, settings, limits);
        streams = new Streams(control, fault, limits, scratch, scheduler, nowNanos);
        stalls = new Stalls(streams, limits, nowNanos);
        shutdown = new Shutdown(control, streams, settings);
        lifetime = new Lifetime(settings, shutdown, fault, scratch, nowNanos);
        outbound =
                new Outbound(
                        out, streams, scheduler, writer, progress, pings, stalls, limits, scratch);
        inbound =
                new Inbound(
                        settings,
                        events,
                        streams,
                        control,
                        fault,
                        progress,
                        probe,
                        outbound,
                        slabs.budget());
        HeaderAssembly assembly =
                new HeaderAssembly(
                        limits, events, streams, inbound, outbound, shutdown, fault, progress,
                        slabs, scratch);
        handshake =
                new Handshake(
                        settings, limits, control, fault, inbound, outbound, writer, assembly,
                        progress, scratch, nowNanos);
        liveness =
                new Liveness(settings, control, fault, streams, shutdown, probe, pings, nowNanos);
        router =
                new FrameRouter(
                        settings, events, streams, handshake, assembly, inbound, outbound, liveness,
                        fault, progress, slabs);
    }

    /**
     * As {@link #start()}, some time after this was made, as behind a TLS handshake: the client has
     * the time for its preface from now on.
     */
    public void start(long nowNanos) {
        handshake.from(nowNanos);
        start();
    }

    /** Writes the server's preface: SETTINGS, and WINDOW_UPDATE for the connection. */
    public void start() {
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
    public void receive(MemorySegment bytes, long offset, int length, long nowNanos) {
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
        if (outbound.aheadBytes() == 0) {
            replies.onDrained();
        } else if (replies.isExceeded()) {
            fault.set(ErrorCode.ENHANCE_YOUR_CALM, "replies are not read");
        }
    }

    /** Ends every call from outside: tells what is due, acts on a fault. */
    private void leave(long nowNanos) {
        if (depth > 0) return;
        depth = 1;
        try {
            if (streams.hasDue()) streams.settle(events);
            if (fault.isSet() && !shutdown.isOver()) fail();
        } finally {
            depth = 0;
        }
        lifetime.onStreams(streams.size(), nowNanos);
    }

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

    private void outOfSlabs() {
        fault.set(ErrorCode.ENHANCE_YOUR_CALM, "out of memory");
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
     * Begins a piece of data; {@link #endData} must follow before anything else is sent and before
     * the output is consumed. If appending fails, {@link #reset} the stream instead.
     *
     * @param bytes exactly as many as will be appended
     * @return where to append them
     * @throws OutOfSlabs when memory is exhausted; then nothing has begun
     */
    public SlabChain beginData(Stream stream, int bytes) {
        return outbound.beginData(stream, bytes);
    }

    /** Ends a piece of data: it leaves as far as windows and output allow. */
    public void endData(Stream stream, boolean endStream) {
        try {
            outbound.endData(stream, endStream);
        } catch (OutOfSlabs e) {
            outOfSlabs();
        }
    }

    /** Ends the stream by RST_STREAM; nothing if it is closed. {@code onClosed} follows. */
    public void reset(Stream stream, ErrorCode code) {
        try {
            outbound.reset(stream, code);
        } catch (OutOfSlabs e) {
            outOfSlabs();
        }
    }

    /** Gives the peer credit again for {@code bytes} that {@code onData} handed over. */
    public void consumed(Stream stream, int bytes) {
        try {
            inbound.consumed(stream, bytes);
        } catch (OutOfSlabs e) {
            outOfSlabs();
        }
    }

    /** Frees the slot of a stream after {@code onClosed}; the object is not used any more. */
    public void release(Stream stream) {
        streams.release(stream);
    }

    /**
     * Says how many bytes have left the output and were not taken by the socket, where something
     * lies in between, as TLS does. They count as the output's own; 0 at first.
     */
    public void unsentBeyond(long bytes) {
        outbound.beyond(bytes);
    }

    /** Lets leave what may: after the output has drained, and at the end of a batch. */
    public void pump(long nowNanos) {
        if (outbound.aheadBytes() == 0) replies.onDrained();
        if (!shutdown.isOver()) {
            stalls.at(nowNanos);
            try {
                outbound.pump();
                inbound.giveCredit();
            } catch (OutOfSlabs e) {
                outOfSlabs();
            }
        }
        leave(nowNanos);
    }

    /** Begins to shut down: GOAWAY in two steps, then the streams that are open may end. */
    public void shutdown(long nowNanos) {
        try {
            shutdown.start(nowNanos, "");
        } catch (OutOfSlabs e) {
            outOfSlabs();
        }
    }

    /** Ends the connection at once; the open streams are told so by the next {@link #pump}. */
    public void goAway(ErrorCode code, String debug) {
        if (!shutdown.isOver()) end(code, debug);
    }

    /** When {@link #onTime} is to be called; Long.MAX_VALUE if never. Changes with every call. */
    public long nextTimeNanos() {
        if (shutdown.isOver()) return Deadline.NONE;
        long next = Math.min(handshake.dueNanos(), liveness.dueNanos());
        next = Math.min(next, Math.min(lifetime.dueNanos(), shutdown.dueNanos()));
        return Math.min(next, stalls.dueNanos());
    }

    /** The time that {@link #nextTimeNanos} named has come; too early or too late is harmless. */
    public void onTime(long nowNanos) {
        if (shutdown.isOver()) return;
        try {
            handshake.onTime(nowNanos);
            liveness.onTime(nowNanos);
            lifetime.onTime(nowNanos);
            shutdown.onTime(nowNanos);
            stalls.onTime(nowNanos);
            inbound.giveCredit();
        } catch (OutOfSlabs e) {
            outOfSlabs();
        }
        leave(nowNanos);
    }

    /** Whether more should be received: not while the peer leaves our replies unread. */
    public boolean wantsReading() {
        return !replies.isPaused() || outbound.aheadBytes() == 0;
    }

    /** Whether to send what is in the output, as far as the socket takes it, and to close. */
    public boolean isFinished() {
        return shutdown.isFinished();
    }

    /** Streams on which something can still happen. */
    public int openStreams() {
        return streams.size();
    }

    /** FIN from the peer: it will not read either, as gRPC understands it. Ends every stream. */
    public void onInputEnd(long nowNanos) {
        abort();
    }

    /** The socket is gone: tells every open stream so and gives back all memory. */
    public void abort() {
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

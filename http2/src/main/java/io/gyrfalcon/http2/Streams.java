package io.gyrfalcon.http2;

import io.gyrfalcon.http2.guard.ResetBudget;
import io.gyrfalcon.http2.stream.SendScheduler;
import io.gyrfalcon.http2.stream.StreamIds;
import io.gyrfalcon.http2.stream.StreamState;
import io.gyrfalcon.http2.stream.StreamState.Input;
import io.gyrfalcon.http2.stream.StreamState.Outcome;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.IntMap;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

/** The streams of one connection, and what their owner has still to be told. Loop-owned. */
@LoopOwned
@HotPath
final class Streams {
    /*
     * Events about a stream's end are not told where they happen, often deep inside a sending
     * method that the owner called, but listed, and told when the frame at hand is done. So no
     * room has to expect that a stream disappears under its hands.
     */
    /** So many handlers for each slot may go on after they have answered. */
    private static final int ENDED_PER_SLOT = 8;

    private final IntMap<Stream> open = new IntMap<>();
    private final StreamIds ids = new StreamIds();
    private final Role role;
    private final Control control;
    private final Fault fault;
    private final Http2Limits limits;
    private Http2Scratch scratch;
    private final SendScheduler<Stream> scheduler;
    private final ResetBudget resets;

    private @Nullable Stream recent;
    private @Nullable Stream firstDue;
    private @Nullable Stream lastDue;

    /** Streams that count against the limit: see {@link Stream#hasSlot}. */
    private int slots;

    /** Streams that have ended whole, and whose owner has still use for them. */
    private int ended;

    private long peerStreamsMax = Long.MAX_VALUE;

    Streams(
            Role role,
            Control control,
            Fault fault,
            Http2Limits limits,
            Http2Scratch scratch,
            SendScheduler<Stream> scheduler,
            long nowNanos) {
        this.role = role;
        this.control = control;
        this.fault = fault;
        this.limits = limits;
        this.scratch = scratch;
        this.scheduler = scheduler;
        resets =
                new ResetBudget(
                        limits.resetsMax(),
                        limits.resetRefillNanos(),
                        limits.resetsPerCall(),
                        nowNanos);
    }

    /** Goes over to another loop's memory, with all streams. */
    void moveTo(SlabPool slabs, Http2Scratch other) {
        scratch = other;
        open.forEach((id, s) -> s.queue.bytes().takeFrom(slabs));
    }

    /** The open stream with this identifier, or null. */
    @Nullable Stream find(int id) {
        Stream s = recent;
        if (s != null && s.id == id) return s;
        s = open.get(id);
        if (s != null) recent = s;
        return s;
    }

    /** What {@code input} means for a stream that is not open. */
    Outcome absent(int id, Input input) {
        if ((id & 1) == 0) return Outcome.IDLE_ERROR;
        return StreamState.absent(ids.stateOf(id), input);
    }

    /** A frame on a stream that is not open. */
    void onLate(int id, Input input, String what, long nowNanos) {
        switch (absent(id, input)) {
            case OK, IGNORE, FORBIDDEN -> {
                // In flight when the stream ended.
            }
            case STREAM_ERROR -> failAbsent(id, ErrorCode.STREAM_CLOSED, nowNanos);
            case CLOSED_ERROR -> fault.set(ErrorCode.STREAM_CLOSED, what + " after END_STREAM");
            case IDLE_ERROR -> fault.set(ErrorCode.PROTOCOL_ERROR, what + " on an idle stream");
        }
    }

    /** Whether HEADERS with this identifier open a stream. */
    boolean isNew(int id) {
        return id > ids.last();
    }

    /** Whether the end of this stream, which is not open, is remembered. */
    boolean isRemembered(int id) {
        return ids.isRemembered(id);
    }

    /** Whether a reset of this stream, which is not open, is the first to answer our own. */
    boolean isCrossingReset(int id) {
        return ids.takeReset(id);
    }

    /** Whether there is a slot for another stream: RFC 9113 §5.1.2. */
    boolean hasSlot() {
        return slots < limits.streamsMax() && ended < (long) ENDED_PER_SLOT * limits.streamsMax();
    }

    Stream open(int id, int creditBytes, int windowBytes, long nowNanos) {
        ids.open(id);
        Stream s = scratch.takeStream();
        s.open(id, creditBytes, windowBytes, nowNanos);
        s.state.on(Input.RECV_HEADERS);
        s.hasHead = true;
        open.put(id, s);
        recent = s;
        takeSlot(s);
        return s;
    }

    /** SETTINGS_MAX_CONCURRENT_STREAMS of the peer. */
    void peerStreamsMax(long max) {
        peerStreamsMax = max;
    }

    /** Whether a stream of ours may be opened: RFC 9113 §5.1.2. */
    boolean mayOpen() {
        return hasSlot() && open.size() < peerStreamsMax && !isUsedUp();
    }

    /** Whether there is no identifier left for a stream of ours: RFC 9113 §5.1.1. */
    boolean isUsedUp() {
        return ids.last() == Integer.MAX_VALUE;
    }

    /** Opens a stream of ours, whose HEADERS are written next: identifiers go out in order. */
    Stream openOwn(int creditBytes, int windowBytes) {
        int id = ids.last() == 0 ? 1 : ids.last() + 2;
        ids.open(id);
        Stream s = scratch.takeStream();
        s.open(id, creditBytes, windowBytes, 0);
        open.put(id, s);
        takeSlot(s);
        return s;
    }

    private void takeSlot(Stream s) {
        s.hasSlot = true;
        slots++;
    }

    /** It has ended whole: its owner may take its time, with as many of them as is usual. */
    private void freeSlot(Stream s) {
        s.hasSlot = false;
        slots--;
        ended++;
    }

    /** Uses up the identifiers up to {@code id}, as if there had been streams. */
    void skipTo(int id) {
        ids.open(id);
    }

    /** The peer has not processed our streams above this one, and will not: RFC 9113 §6.8. */
    void refuseAbove(int lastId) {
        for (Stream s : snapshot()) {
            if (s.id <= lastId) continue;
            s.state.on(Input.RECV_RST);
            dead(s, ErrorCode.REFUSED_STREAM.code(), true);
        }
    }

    /** Notes a stream that was never opened, so that what follows on it is ignored. */
    void refuse(int id, ErrorCode code) {
        ids.open(id);
        ids.ended(id, StreamState.State.RESET_LOCAL);
        control.rstStream(id, code);
    }

    /** Notes a stream that came after our last GOAWAY; nobody answers it. */
    void ignore(int id) {
        ids.open(id);
        ids.ended(id, StreamState.State.RESET_LOCAL);
    }

    /** The highest identifier of the peer's that may have been processed. */
    int lastPeerId() {
        return role == Role.SERVER ? ids.last() : 0;
    }

    /** Streams on which something can still happen. */
    int size() {
        return open.size();
    }

    void forEach(IntMap.Visitor<? super Stream> visitor) {
        open.forEach(visitor);
    }

    /** One side has ended; takes the stream out if that was the second. */
    void onEnd(Stream s) {
        if (!s.state.isClosed()) return;
        resets.onCallEnded();
        freeSlot(s);
        end(s);
    }

    /** The owner resets the stream. */
    void reset(Stream s, ErrorCode code) {
        if (s.state.on(Input.SEND_RST) != Outcome.OK) return;
        control.rstStream(s.id, code);
        end(s);
    }

    /** The peer did what is wrong on this stream. */
    void fail(Stream s, ErrorCode code, long nowNanos) {
        if (s.state.on(Input.SEND_RST) != Outcome.OK) return;
        control.rstStream(s.id, code);
        dead(s, code.code(), false);
        if (!resets.take(nowNanos)) tooManyResets();
    }

    /** The peer sent on a stream that it may not send on any more. */
    void failAbsent(int id, ErrorCode code, long nowNanos) {
        control.rstStream(id, code);
        if (!resets.take(nowNanos)) tooManyResets();
    }

    /** The peer resets the stream. */
    void onPeerReset(Stream s, long code, long nowNanos) {
        s.state.on(Input.RECV_RST);
        dead(s, code, true);
        if (s.isAnswered || nowNanos - s.openedNanos >= limits.resetFreeNanos()) return;
        if (!resets.take(nowNanos)) tooManyResets();
    }

    /** The connection has ended: so do all streams, without a frame. */
    void loseAll(long code, boolean byPeer) {
        Stream[] all = snapshot();
        for (Stream s : all) {
            s.state.on(Input.SEND_RST);
            dead(s, code, byPeer);
        }
    }

    /** The open streams, in a new array. */
    Stream[] snapshot() {
        Stream[] all = new Stream[open.size()];
        int[] n = new int[1];
        open.forEach((id, s) -> all[n[0]++] = s);
        return all;
    }

    private void tooManyResets() {
        fault.set(ErrorCode.ENHANCE_YOUR_CALM, "too_many_resets");
    }

    private void dead(Stream s, long code, boolean byPeer) {
        s.resetCode = code;
        s.isResetByPeer = byPeer;
        s.due |= Stream.RESET;
        end(s);
    }

    private void end(Stream s) {
        open.remove(s.id);
        if (recent == s) recent = null;
        ids.ended(s.id, s.state.state());
        scheduler.drop(s.queue);
        s.head = null;
        s.tail = null;
        tell(s, Stream.CLOSED);
    }

    /** Lists an event of the stream. */
    void tell(Stream s, int event) {
        s.due |= event;
        if (s.isListed) return;
        s.isListed = true;
        s.nextDue = null;
        if (lastDue == null) firstDue = s;
        else lastDue.nextDue = s;
        lastDue = s;
    }

    boolean hasDue() {
        return firstDue != null;
    }

    /** Tells what is listed, and what is listed meanwhile. */
    void settle(StreamEvents events) {
        while (true) {
            Stream s = firstDue;
            if (s == null) return;
            firstDue = s.nextDue;
            if (firstDue == null) lastDue = null;
            s.nextDue = null;
            s.isListed = false;
            settle(s, events);
        }
    }

    private void settle(Stream s, StreamEvents events) {
        int due = s.due;
        s.due = 0;
        if ((due & Stream.SENT) != 0) events.onSent(s);
        if ((due & Stream.RESET) != 0) {
            events.onReset(s, s.resetCode, s.isResetByPeer);
        }
        if ((due & Stream.CLOSED) != 0) {
            s.isReleasable = true;
            events.onClosed(s);
            return;
        }
        if ((due & Stream.SENDABLE) != 0 && s.isLocalOpen()) events.onSendable(s);
    }

    /** The owner has no more use for the stream. */
    void release(Stream s) {
        assert s.isReleasable : s + " is released before it is closed, or twice";
        if (!s.isReleasable) return;
        s.isReleasable = false;
        if (s.hasSlot) slots--;
        else ended--;
        scratch.giveStream(s);
    }
}

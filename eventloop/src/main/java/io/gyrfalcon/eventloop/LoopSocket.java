package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.poll.Errno;
import io.gyrfalcon.eventloop.poll.Ready;
import io.gyrfalcon.eventloop.poll.Wire;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.time.Timer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;

/**
 * One connection's end of the loop: what arrives, what waits to leave, and how it ends. Loop-owned.
 */
@LoopOwned
@HotPath
public final class LoopSocket implements Ready {
    /*
     * Edges
     *
     * The poller speaks once per change. What it said is remembered in READABLE until a read finds
     * nothing, so a paused socket resumes without a new edge; BLOCKED is set when a send leaves
     * something, and only then is OUTPUT awaited.
     *
     * Ends
     *
     *   close()            at once; unsent bytes are lost
     *   closeAfterFlush()  flush, then shut the output down, then read and drop until the peer
     *                      ends or LINGER_NANOS: a socket closed with unread input would send a
     *                      reset that may overtake our last bytes
     *   both directions over, error, exception of the handler: as close(), the latter two with a
     *                      cause
     *
     * The handler hears of the end in the same turn, but never inside its own call.
     *
     * Moves
     *
     *   old loop    out of its poller; `here` = null; a letter to the new loop; then `loop`: old to
     *               new, if it still says old
     *   new loop    `loop` and `here` = new; into its poller, which tells anew what is ready
     *
     * `loop` says where letters go. It never says the new loop before the letter that brings the
     * socket is in that loop's mailbox, so what is posted there is read after it. What was posted
     * to the old loop meets a socket that is not there, and is passed on. So is what meets a loop
     * that was named once more by a thread that came late to its last step.
     *
     * `here` is set to a loop by that loop only, and to null by it, too. Others may read any of its
     * values, old or new; none of them is a loop that they drive, unless it is so.
     */
    private static final int READABLE = 1;
    private static final int PAUSED = 1 << 1;
    private static final int INPUT_END_SEEN = 1 << 2;
    private static final int INPUT_ENDED = 1 << 3;
    private static final int BLOCKED = 1 << 4;
    private static final int SHUT_AFTER_FLUSH = 1 << 5;
    private static final int OUTPUT_ENDED = 1 << 6;
    private static final int CLOSE_AFTER_FLUSH = 1 << 7;
    private static final int LINGERING = 1 << 8;
    private static final int QUEUED = 1 << 9;
    private static final int CLOSED = 1 << 10;
    private static final int CONNECTING = 1 << 11;

    private static final VarHandle LOOP;

    static {
        try {
            LOOP = MethodHandles.lookup().findVarHandle(LoopSocket.class, "loop", Loop.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final long LINGER_NANOS = 1_000_000_000L;
    private static final long STALL_NANOS = 10_000_000_000L;

    private final Wire wire;
    private final SlabChain outbox;
    private @Nullable SocketHandler handler;
    private @Nullable IOException cause;
    private int state;
    private @Nullable Loop here;
    private volatile Loop loop;

    LoopSocket(Loop loop, Wire wire) {
        this.loop = loop;
        this.here = loop;
        this.wire = wire;
        this.outbox = new SlabChain(loop.slabs());
    }

    /**
     * Begins to connect from a loop, without waiting. By the loop's owner. The handler hears {@link
     * SocketHandler#onConnected}, or else {@link SocketHandler#onClosed} with the cause; what is
     * sent before that waits.
     *
     * @throws IOException when it cannot begin, with the address and the system's reason; the
     *     handler hears nothing then
     */
    public static LoopSocket connect(
            Loop loop, SocketAddress address, SocketOptions options, SocketHandler handler)
            throws IOException {
        Wire wire = loop.poller().connect(address, options);
        LoopSocket socket = new LoopSocket(loop, wire);
        socket.handler = handler;
        socket.state = CONNECTING | BLOCKED;
        try {
            loop.poller().register(wire, socket);
        } catch (IOException failure) {
            wire.close();
            throw failure;
        }
        loop.connectionPlaced();
        return socket;
    }

    void handledBy(SocketHandler accepted) {
        handler = accepted;
    }

    /** The loop that has this socket, or is about to: where letters for it go. Any thread. */
    public Loop loop() {
        return loop;
    }

    /** Whether that loop has this socket now. By that loop. */
    public boolean isOn(Loop on) {
        return here == on;
    }

    /**
     * Goes to another loop of the same group, if it is in the middle of nothing. By its loop, when
     * nothing of it is under way: at the end of a turn, or between two.
     *
     * @return false if it stays for now
     */
    public boolean moveTo(Loop target) {
        final Loop from = loop;
        assert isOn(from) && from.inLoop() : "moved by another than its loop";
        if (target == from || target.isEnded() || !leave(from)) return false;
        Crossing crossing = depart(from, target);
        if (!target.post(crossing)) crossing.onUndelivered();
        loopCas(from, target);
        return true;
    }

    /** Leaves its loop; what is returned has it from now on. */
    Crossing depart(Loop from, Loop target) {
        from.poller().deregister(wire);
        here = null;
        from.connectionGone();
        target.connectionPlaced();
        return new Crossing(this, from, target);
    }

    /** Whether {@link #moveTo} would go now. By this loop. */
    boolean mayLeave(Loop on) {
        final SocketHandler of = handler;
        return here == on && state == 0 && of != null && outbox.isEmpty() && of.isQuiet();
    }

    /** Whether it is quiet, and its handler has let go of the loop. */
    private boolean leave(Loop on) {
        final SocketHandler of = handler;
        if (of == null || !mayLeave(on)) return false;
        try {
            of.onLeaving();
            return true;
        } catch (Throwable failure) {
            onFailure(failure);
            return false;
        }
    }

    /** By the loop that it has come to. */
    void arrive(Loop on) {
        loop = on;
        here = on;
        outbox.takeFrom(on.slabs());
        IOException refused = null;
        try {
            on.poller().register(wire, this);
        } catch (IOException failure) {
            refused = failure;
        }
        try {
            final SocketHandler of = handler;
            if (of != null) of.onArrived();
        } catch (Throwable failure) {
            onFailure(failure);
        }
        if (refused != null) close(refused);
    }

    /** By whoever finds that both loops of a move have ended. */
    void lose(Loop target) {
        loop = target;
        state |= CLOSED;
        cause = new IOException("the loop has ended");
        wire.close();
        tellClosed();
    }

    private void loopCas(Loop seen, Loop next) {
        LOOP.compareAndSet(this, seen, next);
    }

    /** Bytes that wait to leave; {@link #flush} sends them. */
    public SlabChain outbox() {
        return outbox;
    }

    /**
     * Sends what the socket takes of the outbox. The rest leaves by itself when the socket is ready
     * again.
     */
    public void flush() {
        if ((state & (BLOCKED | CLOSED)) != 0) {
            if ((state & CLOSED) != 0) outbox.clear();
            return;
        }
        send();
    }

    /** Bytes in the outbox. */
    public long unsentBytes() {
        return outbox.bytes();
    }

    /** Whether a send has left something in the outbox that waits for the socket. */
    public boolean isBlocked() {
        return has(BLOCKED);
    }

    /** Delivers nothing until {@link #resumeReading}. Takes effect within a batch of reads, too. */
    public void pauseReading() {
        state |= PAUSED;
    }

    /** Delivers again, from the next turn on, also what arrived during the pause. */
    public void resumeReading() {
        if (!has(PAUSED)) return;
        state &= ~PAUSED;
        if (has(READABLE)) readLater();
    }

    /** Ends the output once the outbox is empty. */
    public void shutdownOutput() {
        if ((state & (CLOSED | OUTPUT_ENDED)) != 0) return;
        state |= SHUT_AFTER_FLUSH;
        flush();
    }

    /**
     * Closes once the outbox is empty, in a way that the peer can read all of it. Nothing is
     * delivered from now on. A peer that takes nothing for 10 s, or does not end its side within 1
     * s of our end, is not waited for.
     */
    public void closeAfterFlush() {
        if ((state & (CLOSED | CLOSE_AFTER_FLUSH)) != 0) return;
        if (has(CONNECTING)) {
            close();
            return;
        }
        state |= CLOSE_AFTER_FLUSH;
        if (has(OUTPUT_ENDED)) {
            linger();
        } else {
            flush();
        }
        if (has(CLOSED)) return;
        if (has(PAUSED)) resumeReading();
        if (has(BLOCKED)) new Linger(this).schedule(STALL_NANOS);
    }

    /** Closes at once; what is in the outbox is lost. A second call does nothing. */
    public void close() {
        close(null);
    }

    void close(@Nullable IOException why) {
        if (has(CLOSED)) return;
        state |= CLOSED;
        cause = why;
        wire.close();
        loop.tellClosedLater(this);
    }

    /** Whether it is closed; {@link SocketHandler#onClosed} may still be due. */
    public boolean isClosed() {
        return has(CLOSED);
    }

    /** This end's address; an empty unix-domain address once closed. */
    public SocketAddress localAddress() {
        return wire.localAddress();
    }

    /** The peer's address; an empty unix-domain address once closed. */
    public SocketAddress remoteAddress() {
        return wire.remoteAddress();
    }

    private boolean has(int bit) {
        return (state & bit) != 0;
    }

    @Override
    public void onReady(int what) {
        final Balance survey = surveyOf(here);
        if (survey == null) {
            serve(what);
        } else {
            survey.time(this, what);
        }
    }

    private static @Nullable Balance surveyOf(@Nullable Loop on) {
        return on != null && on.isSurveying() ? on.balance() : null;
    }

    /**
     * What came through this socket has had a runner of its loop busy for so long. By that loop,
     * and wanted only while it {@link Loop#isSurveying}.
     */
    public void spent(long nanos) {
        final Balance survey = surveyOf(here);
        if (survey != null) survey.spent(this, nanos);
    }

    void serve(int what) {
        if (has(CLOSED)) return;
        try {
            if (has(CONNECTING) && !hasConnected()) return;
            if ((what & OUTPUT) != 0 && has(BLOCKED)) onWritable();
            if ((what & ~OUTPUT) != 0 && !has(CLOSED)) onReadable(what);
        } catch (Throwable failure) {
            onFailure(failure);
        }
    }

    /** Whether the connecting has ended well; what waited is sent then. */
    private boolean hasConnected() {
        int outcome = wire.finishConnect();
        if (outcome == Wire.NOTHING) return false;
        state &= ~(CONNECTING | BLOCKED);
        if (outcome < 0) {
            close(Errno.fault(-outcome));
            return false;
        }
        final SocketHandler to = handler;
        if (to != null) to.onConnected();
        flush();
        return !has(CLOSED);
    }

    private void onReadable(int what) {
        if ((what & BROKEN) != 0 && (state & (PAUSED | INPUT_ENDED)) != 0) {
            close(Errno.fault(brokenBy()));
            return;
        }
        if ((what & AGAIN) != 0) {
            state &= ~QUEUED;
        } else {
            state |= READABLE;
        }
        if ((what & (INPUT_END | HANG_UP | BROKEN)) != 0) state |= INPUT_END_SEEN;
        if ((state & (READABLE | PAUSED | INPUT_ENDED | QUEUED)) == READABLE) read();
    }

    private int brokenBy() {
        int error = wire.error();
        return error == 0 ? Errno.ECONNRESET : error;
    }

    private void read() {
        if (has(CLOSE_AFTER_FLUSH)) {
            discard();
            return;
        }
        final SocketHandler to = handler;
        assert to != null;
        int outcome = receive(to);
        if (has(CLOSED)) return;
        if (outcome < 0) {
            close(Errno.fault(-outcome));
        } else if (outcome == ENDED) {
            onInputEnded(to);
        }
    }

    private static final int MORE_LATER = 1;
    private static final int ENDED = 0;

    /**
     * Delivers until nothing is left, the quota is used up or the handler wants no more. Negative:
     * an error.
     */
    private int receive(SocketHandler to) {
        final MemorySegment buffer = loop.receiveBuffer();
        final int capacity = LoopSettings.RECEIVE_BYTES;
        int quota = loop.readBytesPerTurn();
        boolean delivered = false;
        int outcome = MORE_LATER;
        while (true) {
            int n = wire.receive(buffer, capacity);
            if (n <= 0) {
                state &= ~READABLE;
                outcome = n == Wire.NOTHING ? MORE_LATER : n;
                break;
            }
            delivered = true;
            to.onReceived(buffer, n);
            if ((state & (CLOSED | CLOSE_AFTER_FLUSH)) != 0) break;
            if (n < capacity && isDrained()) {
                state &= ~READABLE;
                break;
            }
            quota -= n;
            if (has(PAUSED)) break;
            if (quota <= 0) {
                readLater();
                break;
            }
        }
        if (delivered && !has(CLOSED)) to.onBatchEnd();
        return outcome;
    }

    private boolean isDrained() {
        return !has(INPUT_END_SEEN) && loop.shortReadIsDrained() && wire.isDrainedByShortRead();
    }

    private void onInputEnded(SocketHandler to) {
        state |= INPUT_ENDED;
        if (!has(CLOSE_AFTER_FLUSH)) to.onInputEnd();
        if (has(OUTPUT_ENDED)) close();
    }

    private void discard() {
        final MemorySegment buffer = loop.receiveBuffer();
        int quota = loop.readBytesPerTurn();
        while (quota > 0) {
            int n = wire.receive(buffer, LoopSettings.RECEIVE_BYTES);
            if (n <= 0) {
                state &= ~READABLE;
                if (n != Wire.NOTHING) onDiscarded(n);
                return;
            }
            quota -= n;
        }
        readLater();
    }

    private void onDiscarded(int outcome) {
        state |= INPUT_ENDED;
        if (outcome < 0 || outbox.isEmpty()) close();
    }

    private void readLater() {
        if ((state & (QUEUED | CLOSED)) != 0) return;
        state |= QUEUED;
        loop.again(this);
    }

    private void onWritable() {
        state &= ~BLOCKED;
        send();
        if ((state & (BLOCKED | CLOSED | CLOSE_AFTER_FLUSH)) != 0) return;
        final SocketHandler to = handler;
        if (to != null) to.onDrained();
    }

    private void send() {
        if (!outbox.isEmpty()) {
            long sent = wire.send(outbox);
            if (sent < 0) {
                close(Errno.fault((int) -sent));
                return;
            }
            if (!outbox.isEmpty()) {
                state |= BLOCKED;
                return;
            }
        }
        if ((state & (SHUT_AFTER_FLUSH | CLOSE_AFTER_FLUSH)) != 0) afterFlush();
    }

    private void afterFlush() {
        if ((state & (CLOSED | OUTPUT_ENDED)) != 0) return;
        state |= OUTPUT_ENDED;
        if (has(INPUT_ENDED)) {
            close();
            return;
        }
        wire.shutdownOutput();
        if (has(CLOSE_AFTER_FLUSH)) linger();
    }

    private void linger() {
        state |= LINGERING;
        if (has(INPUT_ENDED)) {
            close();
            return;
        }
        new Linger(this).schedule(LINGER_NANOS);
        if (has(READABLE)) readLater();
    }

    private void onFailure(Throwable failure) {
        Failures.log("the handler of a socket failed", failure);
        close(new IOException("the handler of the socket failed", failure));
    }

    @Override
    public void onPollerEnd() {
        close(new IOException("the loop has ended"));
    }

    /** By the loop, once, outside of any call of the handler. */
    void tellClosed() {
        loop.connectionGone();
        final SocketHandler to = handler;
        if (to != null) {
            try {
                to.onClosed(cause);
            } catch (Throwable failure) {
                Failures.log("the handler of a closed socket failed", failure);
            }
        }
        outbox.clear();
    }

    /** Closes a socket whose peer neither takes our last bytes nor ends its side. Loop-owned. */
    private static final class Linger extends Timer {
        private final LoopSocket socket;
        private long unsentBytes;

        Linger(LoopSocket socket) {
            this.socket = socket;
        }

        void schedule(long delayNanos) {
            unsentBytes = socket.outbox.bytes();
            socket.loop.timers().schedule(this, socket.loop.nowNanos() + delayNanos);
        }

        @Override
        protected void onTimer(long nowNanos) {
            if (socket.isClosed()) return;
            if (socket.has(LINGERING) || socket.outbox.bytes() >= unsentBytes) {
                socket.close();
                return;
            }
            schedule(STALL_NANOS);
        }
    }
}

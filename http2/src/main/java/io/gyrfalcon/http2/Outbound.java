package io.gyrfalcon.http2;

import io.gyrfalcon.http2.frame.FrameHeader;
import io.gyrfalcon.http2.frame.FrameType;
import io.gyrfalcon.http2.frame.FrameWriter;
import io.gyrfalcon.http2.guard.PingBudget;
import io.gyrfalcon.http2.guard.ProgressBudget;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.http2.stream.FlowWindow;
import io.gyrfalcon.http2.stream.SendQueue;
import io.gyrfalcon.http2.stream.SendScheduler;
import io.gyrfalcon.http2.stream.StreamState.Input;
import io.gyrfalcon.http2.stream.StreamState.Outcome;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What we send on streams: at once if it may leave, else when its turn comes. Loop-owned. */
@LoopOwned
@HotPath
final class Outbound {
    /** How far the output may run ahead of the socket. */
    static final int AHEAD_BYTES_MAX = 64 << 10;

    /** No frame of a queue is cut shorter than this only because the output is nearly full. */
    private static final int ROOM_BYTES_MIN = 4 << 10;

    private final SlabChain out;
    private final Streams streams;
    private final SendScheduler<Stream> scheduler;
    private final HeaderWriter headers;
    private final ProgressBudget progress;
    private final PingBudget pings;
    private final Stalls stalls;
    private Http2Scratch scratch;
    private final long unsentBytesMax;
    private final boolean isDirectAllowed = Http2Flags.DIRECT_DATA.isOn();
    private final FlowWindow connection = new FlowWindow(FlowWindow.BYTES_INITIAL);
    private int initialWindowBytes = FlowWindow.BYTES_INITIAL;
    private long beyondBytes;

    // Between beginData and endData.
    private @Nullable Stream current;
    private @Nullable MemorySegment frame;
    private long frameOffset;
    private long bytesBefore;

    Outbound(
            SlabChain out,
            Streams streams,
            SendScheduler<Stream> scheduler,
            HeaderWriter headers,
            ProgressBudget progress,
            PingBudget pings,
            Stalls stalls,
            Http2Limits limits,
            Http2Scratch scratch) {
        unsentBytesMax = limits.unsentBytesMax();
        this.out = out;
        this.streams = streams;
        this.scheduler = scheduler;
        this.headers = headers;
        this.progress = progress;
        this.pings = pings;
        this.stalls = stalls;
        this.scratch = scratch;
    }

    /** Goes over to another loop's memory. */
    void moveTo(SlabPool slabs, Http2Scratch other) {
        scratch = other;
        headers.takeFrom(slabs);
    }

    /** Bytes that have left the output and wait behind it, as in TLS records. */
    void beyond(long bytes) {
        beyondBytes = bytes;
    }

    /** How far we are ahead of the socket. */
    long aheadBytes() {
        return out.bytes() + beyondBytes;
    }

    /** What we may still send on the connection. */
    int windowBytes() {
        return connection.bytes();
    }

    /** The window that a new stream starts with. */
    int initialWindowBytes() {
        return initialWindowBytes;
    }

    void sendHeaders(
            Stream s, FieldBlock block, byte @Nullable [][] extra, int count, boolean end) {
        if (!s.isLocalOpen()) return;
        if (s.head == null && s.tail == null && s.queue.bytes().isEmpty()) {
            if (hasRoom()) {
                write(s, block, extra, count, end);
                return;
            }
            s.head = new HeldHeaders(block, extra, count, end);
        } else {
            assert s.tail == null : "HEADERS after HEADERS after data";
            s.tail = new HeldHeaders(block, extra, count, end);
        }
        if (end) s.queue.end();
        schedule(s);
    }

    /** Sends the HEADERS that open a stream; at once, since the next identifier is greater. */
    void open(Stream s, FieldBlock block, byte @Nullable [][] extra, int count, boolean end) {
        write(s, block, extra, count, end);
    }

    /** Whether the output takes more. */
    boolean hasRoom() {
        return aheadBytes() <= AHEAD_BYTES_MAX;
    }

    private void write(
            Stream s, FieldBlock block, byte @Nullable [][] extra, int count, boolean end) {
        if (s.state.on(Input.SEND_HEADERS) != Outcome.OK) return;
        headers.write(s.id, block, extra, count, end);
        s.isAnswered = true;
        pings.onSent();
        if (end) ended(s);
    }

    private void write(Stream s, HeldHeaders held) {
        write(s, held.block, held.extra, held.extraCount, held.endStream);
    }

    private void ended(Stream s) {
        if (s.state.on(Input.SEND_END) != Outcome.OK) return;
        streams.tell(s, Stream.SENT);
        streams.onEnd(s);
    }

    SlabChain beginData(Stream s, int bytes) {
        assert current == null : "data within data";
        if (!s.isLocalOpen() || s.tail != null) return scratch.discard;
        if (!isDirect(s, bytes)) {
            current = s;
            bytesBefore = s.queue.bytes().bytes();
            return s.queue.bytes();
        }
        out.reserve(FrameHeader.BYTES + bytes);
        MemorySegment target = out.tail();
        current = s;
        frame = target;
        frameOffset = out.tailOffset();
        FrameHeader.write(target, frameOffset, bytes, FrameType.DATA, 0, s.id);
        out.advance(FrameHeader.BYTES);
        bytesBefore = out.bytes();
        return out;
    }

    private boolean isDirect(Stream s, int bytes) {
        return isDirectAllowed
                && s.head == null
                && s.queue.bytes().isEmpty()
                && bytes <= SendScheduler.TURN_BYTES
                && bytes <= Math.max(0, Math.min(s.queue.window().bytes(), connection.bytes()))
                && aheadBytes() + bytes + FrameHeader.BYTES <= AHEAD_BYTES_MAX
                && scheduler.isIdle();
    }

    void endData(Stream s, boolean end) {
        if (current == null) {
            scratch.discard.clear();
            return;
        }
        assert current == s : "data of another stream";
        MemorySegment target = frame;
        current = null;
        if (target == null) {
            endQueued(s, end);
            return;
        }
        frame = null;
        int bytes = (int) (out.bytes() - bytesBefore);
        s.queue.window().take(bytes);
        connection.take(bytes);
        if (bytes > 0) progress.onDataSent();
        pings.onSent();
        if (!end) return;
        target.set(
                ValueLayout.JAVA_BYTE,
                frameOffset + FrameHeader.FLAGS_OFFSET,
                (byte) FrameHeader.END_STREAM);
        ended(s);
    }

    private void endQueued(Stream s, boolean end) {
        if (!s.isLocalOpen()) return;
        SendQueue<Stream> q = s.queue;
        int bytes = (int) (q.bytes().bytes() - bytesBefore);
        scheduler.queued(bytes);
        if (end) q.end();
        if (bytesBefore == 0 && bytes > 0) stalls.onQueued(s);
        schedule(s);
        pump();
        if (q.bytes().bytes() >= s.readyBytes()) s.isOverReady = true;
    }

    /** The owner gave up between beginData and endData, or resets the stream for another reason. */
    void reset(Stream s, ErrorCode code) {
        if (current == s && frame == null) {
            scheduler.queued((int) (s.queue.bytes().bytes() - bytesBefore));
            current = null;
        }
        streams.reset(s, code);
    }

    /** Puts the stream into the line that it has to stand in now. */
    private void schedule(Stream s) {
        SendQueue<Stream> q = s.queue;
        if (s.head != null) {
            scheduler.addWindowless(q);
        } else if (q.bytes().isEmpty()) {
            if (s.tail != null || q.isEnding()) scheduler.addWindowless(q);
        } else if (q.window().bytes() > 0) {
            scheduler.add(q);
        }
    }

    /** Lets leave what may. */
    void pump() {
        while (aheadBytes() < AHEAD_BYTES_MAX) {
            SendQueue<Stream> q = scheduler.nextWindowless();
            if (q == null) break;
            scheduler.remove(q);
            sendWindowless(q.owner());
        }
        while (aheadBytes() < AHEAD_BYTES_MAX) {
            SendQueue<Stream> q = scheduler.next();
            if (q == null || !sendTurn(q.owner(), q)) return;
        }
    }

    private void sendWindowless(Stream s) {
        HeldHeaders head = s.head;
        s.head = null;
        if (head != null) write(s, head);
        if (!s.state.isLocalOpen()) return;
        if (s.queue.bytes().isEmpty()) {
            onQueueEmpty(s);
        } else {
            schedule(s);
        }
    }

    /** One frame of the queue; false when nothing more can leave now. */
    private boolean sendTurn(Stream s, SendQueue<Stream> q) {
        int window = q.window().bytes();
        if (window <= 0) {
            scheduler.remove(q);
            return true;
        }
        long room = AHEAD_BYTES_MAX - aheadBytes() - FrameHeader.BYTES;
        int n = (int) Math.min(Math.min(window, q.turnBytes()), q.bytes().bytes());
        n = Math.min(n, connection.bytes());
        if (n <= 0 || (n > room && room < ROOM_BYTES_MIN)) return false;
        n = (int) Math.min(n, room);
        boolean isLast = n == q.bytes().bytes();
        boolean isEnd = isLast && q.isEnding() && s.tail == null;
        FrameWriter.header(out, n, FrameType.DATA, isEnd ? FrameHeader.END_STREAM : 0, s.id);
        q.bytes().moveTo(out, n);
        q.window().take(n);
        connection.take(n);
        scheduler.spent(q, n);
        s.periodBytes += n;
        progress.onDataSent();
        pings.onSent();
        if (s.isOverReady && q.bytes().bytes() < s.readyBytes()) {
            s.isOverReady = false;
            streams.tell(s, Stream.SENDABLE);
        }
        if (!isLast) return true;
        scheduler.remove(q);
        stalls.onEmpty(s);
        if (isEnd) ended(s);
        else onQueueEmpty(s);
        return true;
    }

    /** Sends what has waited behind the data. */
    private void onQueueEmpty(Stream s) {
        HeldHeaders tail = s.tail;
        s.tail = null;
        if (tail != null) {
            write(s, tail);
        } else if (s.queue.isEnding()) {
            FrameWriter.header(out, 0, FrameType.DATA, FrameHeader.END_STREAM, s.id);
            ended(s);
        }
    }

    /** RFC 9113 §6.9: false when the connection's window overflows. */
    boolean onConnectionCredit(int increment) {
        return connection.add(increment);
    }

    /** RFC 9113 §6.9: false when the stream's window overflows. */
    boolean onCredit(Stream s, int increment) {
        if (!s.queue.window().add(increment)) return false;
        if (!s.queue.bytes().isEmpty()) schedule(s);
        return true;
    }

    /** RFC 9113 §6.9.2: false when a window overflows. */
    boolean onInitialWindow(int bytes) {
        int delta = bytes - initialWindowBytes;
        initialWindowBytes = bytes;
        if (delta == 0) return true;
        boolean[] isGood = {true};
        streams.forEach((id, s) -> isGood[0] &= onCredit(s, delta));
        return isGood[0];
    }

    /** The stream with the most bytes that its peer, or the socket, does not take now; or null. */
    @Nullable Stream mostStalled() {
        Stream most = null;
        if (scheduler.queuedBytes() == 0) return null;
        boolean isHeldUp = connection.bytes() <= 0 || aheadBytes() >= AHEAD_BYTES_MAX;
        for (Stream s : streams.snapshot()) {
            if (s.queue.bytes().isEmpty() || !(isHeldUp || s.isBlocked())) continue;
            if (most == null || s.queuedBytes() > most.queuedBytes()) most = s;
        }
        return most;
    }

    /** Whether more waits than the peer should be allowed to make us hold. */
    boolean isOverfull() {
        return scheduler.queuedBytes() > unsentBytesMax;
    }
}

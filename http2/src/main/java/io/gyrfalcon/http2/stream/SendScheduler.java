package io.gyrfalcon.http2.stream;

import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to send. Loop-owned. Holds the queues that have bytes and a window.
 *
 * @param <S> what a queue belongs to
 */
@LoopOwned
public final class SendScheduler<S> {
    /*
     * Deficit round robin (Shreedhar and Varghese, 1995) with two lines, as in RFC 8290: a queue
     * that has just become ready stands in the newcomers' line, which goes first, and joins the
     * regulars once it has used up one turn. So a small message does not wait for the large ones
     * before it. Newcomers that keep coming would starve the regulars: after NEWCOMER_TURNS turns
     * of theirs in a row, a regular has one.
     */
    /** Bytes of one turn: the frame that every peer accepts. */
    public static final int TURN_BYTES = 16_384;

    private static final int NEWCOMER_TURNS = 4;

    static final class Line<S> {
        @Nullable SendQueue<S> head;
        @Nullable SendQueue<S> tail;

        void add(SendQueue<S> q) {
            SendQueue<S> last = tail;
            q.line = this;
            q.previous = last;
            q.next = null;
            if (last == null) head = q;
            else last.next = q;
            tail = q;
        }

        void remove(SendQueue<S> q) {
            SendQueue<S> before = q.previous;
            SendQueue<S> after = q.next;
            if (before == null) head = after;
            else before.next = after;
            if (after == null) tail = before;
            else after.previous = before;
            q.line = null;
            q.previous = null;
            q.next = null;
        }
    }

    private final Line<S> newcomers = new Line<>();
    private final Line<S> regulars = new Line<>();
    private final Line<S> windowless = new Line<>();
    private int newcomerBytes;
    private long queuedBytes;

    /** Whether nobody waits. */
    public boolean isIdle() {
        return newcomers.head == null && regulars.head == null && windowless.head == null;
    }

    /** Bytes in all queues, scheduled or not. */
    public long queuedBytes() {
        return queuedBytes;
    }

    /** {@code n} bytes were put into a queue. */
    public void queued(int n) {
        queuedBytes += n;
    }

    /** Lets {@code q} wait for room alone: what it has next to send needs no window. */
    public void addWindowless(SendQueue<S> q) {
        if (q.line == windowless) return;
        if (q.line != null) q.line.remove(q);
        windowless.add(q);
    }

    /** The first queue that waits for room alone. */
    public @Nullable SendQueue<S> nextWindowless() {
        return windowless.head;
    }

    /** Takes {@code q} out and throws its bytes away. */
    public void drop(SendQueue<S> q) {
        remove(q);
        if (q.bytes().isEmpty()) return;
        queuedBytes -= q.bytes().bytes();
        q.bytes().clear();
    }

    /** Lets {@code q} wait for its turn; nothing if it does already. */
    public void add(SendQueue<S> q) {
        if (q.line != null) return;
        q.deficit = TURN_BYTES;
        newcomers.add(q);
    }

    /** Takes {@code q} out; nothing if it does not wait. */
    public void remove(SendQueue<S> q) {
        if (q.line != null) q.line.remove(q);
    }

    /** The queue whose turn it is, with at least one byte left in it; null when nobody waits. */
    public @Nullable SendQueue<S> next() {
        SendQueue<S> newcomer = newcomers.head;
        SendQueue<S> regular = regulars.head;
        if (newcomer == null) return regular;
        if (regular == null || newcomerBytes < NEWCOMER_TURNS * TURN_BYTES) return newcomer;
        return regular;
    }

    /** The queue that {@link #next()} named has sent {@code n} bytes. */
    public void spent(SendQueue<S> q, int n) {
        assert q.line != null : "not scheduled";
        boolean isRegular = q.line == regulars;
        newcomerBytes = isRegular ? 0 : newcomerBytes + n;
        q.deficit -= n;
        queuedBytes -= n;
        if (q.deficit > 0) return;
        q.deficit = TURN_BYTES;
        q.line.remove(q);
        regulars.add(q);
    }
}

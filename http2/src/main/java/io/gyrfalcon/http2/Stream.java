package io.gyrfalcon.http2;

import io.gyrfalcon.http2.stream.CreditWindow;
import io.gyrfalcon.http2.stream.SendQueue;
import io.gyrfalcon.http2.stream.StreamState;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

/**
 * One stream of a connection. Loop-owned. Valid until {@link Side#release}; afterwards the object
 * serves another stream.
 */
@LoopOwned
public final class Stream {
    /** The default of {@link #readyBytes(int)}. */
    public static final int READY_BYTES = 32 << 10;

    /** Events that wait to be told, in the order in which they are told. */
    static final int SENDABLE = 1;

    static final int SENT = 2;
    static final int RESET = 4;
    static final int CLOSED = 8;

    final StreamState state = new StreamState();
    final CreditWindow credit = new CreditWindow(0);
    final SendQueue<Stream> queue;

    int id;
    private @Nullable Object attachment;
    private int readyBytes;

    /** Whether the queue has been at the threshold since the last onSendable. */
    boolean isOverReady;

    /** Whether the head of the peer's message has come: DATA and trailers may follow. */
    boolean hasHead;

    /** Whether HEADERS of ours have been handed over. */
    boolean isAnswered;

    /** The length the request announced, or -1; and what has come of it. */
    long contentLength;

    long receivedBytes;
    long openedNanos;

    /** HEADERS that wait for room in the output, and those that wait behind data. */
    @Nullable HeldHeaders head;

    @Nullable HeldHeaders tail;

    /** Events to be told: bits of SENDABLE, SENT, RESET, CLOSED. */
    int due;

    boolean isListed;
    @Nullable Stream nextDue;
    long resetCode;
    boolean isResetByPeer;
    boolean isReleasable;

    /**
     * Whether it counts against the limit of streams: until both sides have ended it, or, where it
     * was reset, until its owner has no more use for it. So a peer that resets its requests does
     * not get more of them handled at once, and one that waits for answers gets as many as it was
     * told.
     */
    boolean hasSlot;

    /** Bytes sent in the current period of the rule for stalled streams. */
    int periodBytes;

    long stalledNanos;

    Stream(SlabPool slabs) {
        queue = new SendQueue<>(this, slabs);
    }

    void open(int newId, int creditBytes, int windowBytes, long nowNanos) {
        id = newId;
        readyBytes = READY_BYTES;
        contentLength = -1;
        receivedBytes = 0;
        openedNanos = nowNanos;
        hasHead = false;
        isAnswered = false;
        isOverReady = false;
        isReleasable = false;
        stalledNanos = Long.MAX_VALUE;
        periodBytes = 0;
        due = 0;
        state.recycle();
        credit.recycle(creditBytes);
        queue.recycle(windowBytes);
    }

    void recycle() {
        attachment = null;
        head = null;
        tail = null;
    }

    /** The identifier, odd and positive. */
    public int id() {
        return id;
    }

    public @Nullable Object attachment() {
        return attachment;
    }

    /** Keeps something of the caller's with the stream, until it is released. */
    public void attach(Object object) {
        attachment = object;
    }

    /** Bytes of data that wait for a window or for room in the output. */
    public long queuedBytes() {
        return queue.bytes().bytes();
    }

    /**
     * The number of queued bytes below which {@link StreamEvents#onSendable} is told; also when as
     * many are queued already.
     */
    public void readyBytes(int threshold) {
        readyBytes = threshold;
        if (queuedBytes() >= threshold) isOverReady = true;
    }

    int readyBytes() {
        return readyBytes;
    }

    /** Whether the peer's window admits nothing more at present. */
    boolean isBlocked() {
        return queue.window().bytes() <= 0;
    }

    /** Whether we may still send: neither END_STREAM was handed over nor was the stream reset. */
    public boolean isLocalOpen() {
        return state.isLocalOpen() && !queue.isEnding();
    }

    /** Whether the peer may still send. */
    public boolean isRemoteOpen() {
        return state.isRemoteOpen();
    }

    /** The code by which the peer has reset the stream, or -1 where it has not. */
    public long peerResetCode() {
        return isResetByPeer ? resetCode : -1;
    }

    @Override
    public String toString() {
        return "stream " + id + " " + state.state();
    }
}

package io.gyrfalcon.grpc.server;

import io.gyrfalcon.transport.server.ServerCall;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What is on its way from a call's user code to its loop. {@link #bytes} and {@link #queued} are
 * read by both; {@link #posted} is written by user code, {@link #delivered} by the loop.
 */
/*
 * Ready or not
 *
 * A call is ready while what is on its way and what waits in its stream are few bytes together.
 * The loop moves bytes from the one to the other: it takes them away first and adds them later, and
 * whoever asks looks in the opposite order, so that nobody counts them twice. What counts them
 * twice would be told "not ready" and never the contrary, since nothing became ready after that.
 *
 * Whoever was told "not ready" hears of the change: something is on its way, and its delivery is
 * followed by a look; or the stream holds as much as the threshold, and says when it does not.
 */
final class Mail {
    private static final VarHandle BYTES;

    static {
        try {
            BYTES = MethodHandles.lookup().findVarHandle(Mail.class, "bytes", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // by BYTES
    private volatile int bytes;

    private volatile int queued;
    private volatile int readyBytes = 32 * 1024;

    /** The parcel being filled. User code's thread. */
    @Nullable Parcel open;

    /** Parcels that were posted. User code's thread. */
    int posted;

    private int delivered;

    /** Parcels that have overtaken others, by number. The loop's. */
    private @Nullable Parcel early;

    void readyBytes(int threshold) {
        readyBytes = threshold;
    }

    void addBytes(int count) {
        BYTES.getAndAdd(this, count);
    }

    /** Whether a message sent now would not wait behind too many bytes. Any thread. */
    boolean isReady() {
        int inStream = queued;
        return inStream + bytes < readyBytes;
    }

    /** Loop only: whether nothing is on its way. */
    boolean isIdle() {
        return open == null && posted == delivered;
    }

    /** Loop only: whether all parcels before this one were delivered. */
    boolean isDue(Parcel parcel) {
        return parcel.number == delivered;
    }

    /** Loop only: keeps a parcel until those before it have come. */
    void keepEarly(Parcel parcel) {
        Parcel before = null;
        Parcel after = early;
        while (after != null && after.number - parcel.number < 0) {
            before = after;
            after = after.next;
        }
        parcel.next = after;
        if (before == null) {
            early = parcel;
        } else {
            before.next = parcel;
        }
    }

    /** Loop only: the parcel kept early whose turn it is, or null. */
    @Nullable Parcel takeDue() {
        Parcel first = early;
        if (first == null || !isDue(first)) return null;
        early = first.next;
        first.next = null;
        return first;
    }

    /** Loop only: the call is over. */
    void dropEarly() {
        Parcel parcel = early;
        early = null;
        while (parcel != null) {
            Parcel next = parcel.next;
            parcel.next = null;
            parcel.drop();
            parcel = next;
        }
    }

    /** Loop only: so many bytes wait in the stream now. Whether the call is ready. */
    boolean queued(int count) {
        queued = count;
        return count + bytes < readyBytes;
    }

    /** Loop only. Whether the call has become ready. */
    boolean delivered(int count, @Nullable ServerCall call) {
        delivered++;
        int before = (int) BYTES.getAndAdd(this, -count);
        if (call == null) return false;
        int inStream = call.hasEnded() ? 0 : call.queuedBytes();
        boolean wasFull = queued + before >= readyBytes;
        queued = inStream;
        return wasFull && inStream + before - count < readyBytes;
    }
}

package io.gyrfalcon.grpc.server;

import io.gyrfalcon.transport.server.ServerCall;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What is on its way from a call's user code to its loop. {@link #bytes} and {@link #isFull} are
 * read by both; {@link #posted} is written by user code, {@link #delivered} by the loop.
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

    private volatile boolean isFull;
    private volatile int readyBytes = 32 * 1024;

    /** The parcel being filled. User code's thread. */
    @Nullable Parcel open;

    /** Parcels that were posted. User code's thread. */
    int posted;

    private int delivered;

    void readyBytes(int threshold) {
        readyBytes = threshold;
    }

    void addBytes(int count) {
        BYTES.getAndAdd(this, count);
    }

    /** Whether a message sent now would not wait behind too many bytes. Any thread. */
    boolean isReady() {
        return bytes < readyBytes && !isFull;
    }

    /** Loop only: whether nothing is on its way. */
    boolean isIdle() {
        return open == null && posted == delivered;
    }

    /** Loop only: the stream takes messages again. Whether the call is ready by that. */
    boolean onSendable() {
        isFull = false;
        return bytes < readyBytes;
    }

    /** Loop only. Whether the call has become ready. */
    boolean delivered(int count, @Nullable ServerCall call) {
        delivered++;
        if (call == null) {
            BYTES.getAndAdd(this, -count);
            return false;
        }
        boolean wasFull = isFull;
        boolean nowFull = !call.hasEnded() && !call.isReady();
        if (nowFull != wasFull) isFull = nowFull;
        int before = (int) BYTES.getAndAdd(this, -count);
        int threshold = readyBytes;
        return !nowFull && before >= threshold && before - count < threshold;
    }
}

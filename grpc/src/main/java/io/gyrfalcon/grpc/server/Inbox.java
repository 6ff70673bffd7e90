package io.gyrfalcon.grpc.server;

import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabPool;
import io.gyrfalcon.transport.server.ServerCall;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What has arrived for one call and waits for its lane: the request's fields, and messages in slabs
 * of their own. Filled by the loop, emptied by the lane; a linked queue with one thread at each
 * end.
 */
final class Inbox {
    private static final VarHandle NEXT;

    static {
        try {
            NEXT = MethodHandles.lookup().findVarHandle(Message.class, "next", Message.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** One message. Its home holds it from offset 0 on; an empty one has no home. */
    static final class Message {
        final @Nullable Slab home;
        final int length;
        final boolean isCompressed;
        private @Nullable Message next;

        Message(@Nullable Slab home, int length, boolean isCompressed) {
            this.home = home;
            this.length = length;
            this.isCompressed = isCompressed;
        }

        /** Holds the message from offset 0 on. */
        MemorySegment bytes() {
            return home == null ? MemorySegment.NULL : home.segment();
        }

        void release() {
            if (home != null) home.release();
        }

        private @Nullable Message nextAcquire() {
            return (Message) NEXT.getAcquire(this);
        }

        private void nextRelease(Message message) {
            NEXT.setRelease(this, message);
        }
    }

    final byte @Nullable [][] fields;
    final int fieldCount;

    /** When the call is to have ended: it runs while the call waits for its lane. */
    final @Nullable Deadline deadline;

    /** Loop only. */
    private @Nullable Abandonment abandonment;

    private @Nullable CallLane lane;

    /** Why the request cannot be read: written by the loop, before the signal that says so. */
    @Nullable Status broken;

    /** What the call was cut with, together with others: as {@link #broken}; for tracers. */
    @Nullable Status lost;

    private @Nullable Metadata headers;
    private @Nullable Message front;
    private Message tail = new Message(null, 0, false);
    private Message head = tail;

    Inbox(byte @Nullable [][] fields, int fieldCount, @Nullable Deadline deadline) {
        this.fields = fields;
        this.fieldCount = fieldCount;
        this.deadline = deadline;
    }

    /** Nothing is known of the call, or it is over. */
    static Inbox ofNothing() {
        return new Inbox(null, 0, null);
    }

    /** What a call has said of itself. On its loop. */
    static Inbox of(ServerCall call, Loop loop) {
        return new Inbox(call.fields(), call.fieldCount(), Deadlines.of(call, loop));
    }

    /**
     * A message where it can wait; an empty one needs no place.
     *
     * @param pool where the caller may take
     */
    static @Nullable Slab kept(
            MemorySegment bytes, long offset, int length, @Nullable Slab home, SlabPool pool) {
        if (home != null || length == 0) return home;
        Slab kept = pool.take(length);
        MemorySegment.copy(bytes, offset, kept.segment(), 0, length);
        return kept;
    }

    /** Loop only: the lane has still to run, which may never happen. */
    void awaitLane(Abandonment waiting) {
        abandonment = waiting;
        waiting.start();
    }

    /** Loop only: nobody waits for anything any more. */
    void end() {
        drop();
        Abandonment waiting = abandonment;
        if (waiting != null) waiting.cancel();
    }

    /** Lane only: another lane goes on with the call, from these headers. */
    void move(CallLane chosen, @Nullable Metadata found) {
        lane = chosen;
        headers = found;
    }

    /** The lane that the call was moved to, if it was. Any thread that has seen it move. */
    @Nullable CallLane lane() {
        return lane;
    }

    /** Lane only: the headers to go on from, once. */
    @Nullable Metadata takeHeaders() {
        Metadata found = headers;
        headers = null;
        return found;
    }

    /** Loop only. */
    void add(Message message) {
        tail.nextRelease(message);
        tail = message;
    }

    /** Lane only: a message that came before all that are in here. */
    void putBack(Message message) {
        front = message;
    }

    /** Lane only. */
    @Nullable Message poll() {
        Message first = front;
        if (first != null) {
            front = null;
            return first;
        }
        Message next = head.nextAcquire();
        if (next != null) head = next;
        return next;
    }

    /** Lane only. */
    boolean isEmpty() {
        return front == null && head.nextAcquire() == null;
    }

    /** Lane only: what waits is not wanted any more. */
    void drop() {
        for (Message m = poll(); m != null; m = poll()) {
            m.release();
        }
    }
}

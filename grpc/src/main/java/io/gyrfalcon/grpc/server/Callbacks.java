package io.gyrfalcon.grpc.server;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Letter;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabPool;
import io.gyrfalcon.primitives.time.Clock;
import io.gyrfalcon.transport.server.ServerCall;
import io.gyrfalcon.transport.wire.FaultText;
import io.gyrfalcon.transport.wire.StatusCode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;

/**
 * The callbacks of one call, one at a time, in its lane: the thread that runs it. What is not the
 * lane's says so.
 */
@HotPath
abstract class Callbacks extends Contextual
        implements Runnable, Letter, Context.CancellationListener {
    private static final System.Logger LOG = System.getLogger("io.gyrfalcon.grpc");
    private static final io.grpc.ServerCall.Listener<Object> NOBODY =
            new io.grpc.ServerCall.Listener<>() {};
    private static final io.grpc.ServerCall.Listener<Object> NOT_BEGUN =
            new io.grpc.ServerCall.Listener<>() {};
    private static final VarHandle INBOX;

    static {
        try {
            INBOX = MethodHandles.lookup().findVarHandle(Callbacks.class, "inbox", Inbox.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Peer.Facts facts;
    final CallAdapter adapter;

    /** What waits; the loop's at one end, the lane's at the other, made by whoever is first. */
    private @Nullable Inbox inbox;

    // The lane's.
    private io.grpc.ServerCall.Listener<Object> listener = NOT_BEGUN;

    private CallTracer tracer = CallTracer.NONE;
    private int delivered;
    private boolean isHalfCloseTold;

    Callbacks(Peer.Facts facts, MethodRoute route, ServerCall call) {
        this.facts = facts;
        adapter = new CallAdapter(this, route, call.encoding());
    }

    // What the loop's side knows. Each says who may ask.

    /** The loop's owner: the call's transport; {@code null} once it has been given back. */
    abstract @Nullable ServerCall call();

    /** The loop's owner: gives the transport back, if stream and callbacks are over. */
    abstract void releaseIfDone();

    /** The loop's owner: the request cannot be read. */
    abstract void breakOff(int code, String description);

    /** {@code io.grpc.ServerCall.request}. Any thread. */
    abstract void request(int count);

    /** Resets the stream: the call ends with {@code onCancel}. Any thread. */
    abstract void cancelStream();

    /** The loop's owner: a message was sent. */
    abstract void countSent();

    /** The loop's owner: the call has become ready again by what its loop has taken. */
    abstract void signalReady();

    /** The call's connection. */
    final Peer peer() {
        return facts.peer();
    }

    /** Why the request cannot be read; published with the signal that says so. */
    final @Nullable Status broken() {
        Inbox in = inboxAcquire();
        return in == null ? null : in.broken;
    }

    /** How many messages were handed over; to another thread, a while ago. */
    final int delivered() {
        return delivered;
    }

    final CallTracer tracer() {
        return tracer;
    }

    /** Whether the call's stream has ended, whatever its listener has been told. Any thread. */
    final boolean isOver() {
        return has(CANCELLED | COMPLETED);
    }

    /** Whether the call's context was cancelled with a cause. Any thread. */
    final boolean isContextCancelled() {
        Context.CancellableContext known = contextAcquire();
        return known != null && known.isCancelled() && known.cancellationCause() != null;
    }

    final @Nullable Inbox inboxAcquire() {
        return (Inbox) INBOX.getAcquire(this);
    }

    /** The inbox that is there, else this one. */
    final Inbox inboxOr(Inbox made) {
        Inbox known = (Inbox) INBOX.compareAndExchange(this, null, made);
        return known == null ? made : known;
    }

    @Override
    public final void run() {
        Promotion candidate =
                isShared() ? peer().calls.candidate(peer().loop(), adapter.route()) : null;
        if (candidate == null) {
            drain(null, 0, 0, false);
            return;
        }
        Clock clock = peer().loop().clock();
        long begunNanos = clock.nanoTime();
        drain(null, 0, 0, false);
        candidate.ranElsewhere(clock.nanoTime() - begunNanos);
    }

    final void drain(@Nullable MemorySegment bytes, long offset, int length, boolean compressed) {
        take();
        drain(bytes, offset, length, compressed, null, null);
    }

    /**
     * Makes callbacks until there is nothing new; where a loop carries it, until there seems to be
     * nothing: for certain its runner knows when it is back in the loop.
     *
     * @param bytes a message that came along
     * @param home what it lies in, if that is its own
     * @param scratch the runner's, where a loop carries it
     */
    final void drain(
            @Nullable MemorySegment bytes,
            long offset,
            int length,
            boolean compressed,
            @Nullable Slab home,
            @Nullable Scratch scratch) {
        boolean isNew = contextAcquire() == null;
        Metadata headers = null;
        if (isNew) {
            headers = prepared(scratch);
        } else if (listener == NOT_BEGUN) {
            headers = laneInbox().takeHeaders();
        }
        Context in = contextAcquire();
        assert in != null;
        Context before = in.attach();
        try {
            if (isNew && headers != null) {
                try {
                    if (!isAdmitted()) headers = null;
                    if (isMoved(headers)) return;
                } catch (Throwable t) {
                    headers = null;
                    onUnprepared(t);
                }
            }
            if (listener == NOT_BEGUN) begin(headers);
            callBack(bytes, offset, length, compressed, home, scratch);
            while (scratch == null ? !isAtRest() : learns()) {
                callBack(null, 0, 0, false, null, scratch);
            }
        } finally {
            in.detach(before);
        }
    }

    /** Headers and context of a new call; null where it does not start. */
    private @Nullable Metadata prepared(@Nullable Scratch scratch) {
        try {
            return scratch == null ? prepare() : prepare(scratch);
        } catch (Throwable t) {
            onUnprepared(t);
            return null;
        }
    }

    /** Stops running, unless something was told meanwhile, which is taken. */
    final boolean isAtRest() {
        if (rest()) return true;
        take();
        return false;
    }

    /**
     * Before the lane looks at its signals: as the loop's owner where the call is its loop's, and
     * atomically where it is not, or not any more.
     */
    private int touch() {
        if (isShared()) return LoopEntry.AWAY;
        int how = LoopEntry.open(peer());
        if (how == LoopEntry.AWAY) share();
        return how;
    }

    /** In the lane. */
    final Inbox laneInbox() {
        Inbox known = inboxAcquire();
        return known == null ? inboxOr(Inbox.ofNothing()) : known;
    }

    /** Starts the call, in its context. */
    private void begin(@Nullable Metadata headers) {
        listener = NOBODY;
        if (headers != null && (broken() != null || !has(CANCELLED))) startCall(headers);
    }

    /** Whether another executor goes on with the call. */
    private boolean isMoved(@Nullable Metadata headers) {
        Executor chosen = headers == null ? null : peer().calls.executorFor(adapter, headers);
        if (chosen == null) return false;
        laneInbox().move(CallLane.of(chosen), headers);
        giveBack();
        peer().execute(lane(), this);
        return true;
    }

    /** A tracer, the registry or the choice of an executor has thrown. */
    private void onUnprepared(Throwable thrown) {
        Context.CancellableContext known = contextAcquire();
        if (known == null) {
            known = peer().calls.plainContext();
            contextRelease(known);
            adapter.endByEngine(Status.INTERNAL.withCause(thrown));
        } else {
            adapter.endByEngine(Status.fromThrowable(thrown));
        }
        known.cancel(null);
        log(thrown);
    }

    final CallLane lane() {
        Inbox in = inboxAcquire();
        CallLane chosen = in == null ? null : in.lane();
        return chosen == null ? peer().calls.lane() : chosen;
    }

    private @Nullable Metadata prepare() {
        LoopScheduler timers = peer().scheduler();
        Inbox in = inboxAcquire();
        if (in != null) return prepare(in.fields, in.fieldCount, in.deadline, timers);
        ServerCall on = call();
        if (on == null) return prepare(null, 0, null, timers);
        Deadline deadline = Deadlines.of(on, peer().loop());
        return prepare(on.fields(), on.fieldCount(), deadline, timers);
    }

    private @Nullable Metadata prepare(Scratch scratch) {
        byte[][] fields = scratch.takeFields();
        return prepare(fields, scratch.fieldCount(), scratch.deadline(), scratch.timers());
    }

    /** Context and tracers. Null where the call is refused, and answered. */
    private @Nullable Metadata prepare(
            byte @Nullable [][] fields,
            int count,
            @Nullable Deadline deadline,
            LoopScheduler timers) {
        Calls calls = peer().calls;
        Metadata read = calls.metadata(adapter.route(), fields, count);
        Metadata found = read == null ? new Metadata() : read;
        tracer = calls.tracers().newCall(adapter.route().fullMethodName(), found);
        contextRelease(calls.context(tracer, deadline, timers));
        if (has(CANCELLED) && broken() == null) return null;
        if (read == null) {
            refuse(Status.INTERNAL, CallFaults.NOT_BASE64);
            return null;
        }
        if (!adapter.hasDecompressor()) {
            String text = FaultText.noDecompressor(adapter.encoding());
            refuse(Status.UNIMPLEMENTED, text, calls.encodings().acceptedTrailers());
            return null;
        }
        return found;
    }

    /** The method, in the call's context. False where the call is refused, and answered. */
    private boolean isAdmitted() {
        if (!adapter.bind(peer().calls)) {
            refuse(Status.UNIMPLEMENTED, FaultText.noMethod(adapter.route().fullMethodName()));
            return false;
        }
        adapter.started(tracer);
        return true;
    }

    private void refuse(Status status, String text) {
        refuse(status, text, new Metadata());
    }

    private void refuse(Status status, String text, Metadata trailers) {
        adapter.end(status.withDescription(text), trailers);
        Context.CancellableContext in = contextAcquire();
        if (in != null) in.cancel(null);
    }

    private void startCall(Metadata found) {
        Context.CancellableContext in = contextAcquire();
        assert in != null;
        try {
            listener = adapter.startCall(found);
        } catch (Throwable t) {
            adapter.endByEngine(Status.fromThrowable(t));
            in.cancel(null);
            log(t);
        }
        if (in.getDeadline() != null) in.addListener(this, Runnable::run);
    }

    private void callBack(
            @Nullable MemorySegment bytes,
            long offset,
            int length,
            boolean compressed,
            @Nullable Slab home,
            @Nullable Scratch scratch) {
        if (knows(CANCELLED)) {
            if (home != null) home.release();
            if (broken() != null && knows(READY) && delivered == 0) tellReady();
            finish(true, scratch);
            return;
        }
        if (isAbandoned() || has(CONTEXT_CANCELLED)) {
            if (home != null) home.release();
        } else {
            callBackOpen(bytes, offset, length, compressed, home, scratch);
        }
        if (knows(COMPLETED)) finish(false, scratch);
    }

    /** All but the end. */
    private void callBackOpen(
            @Nullable MemorySegment bytes,
            long offset,
            int length,
            boolean compressed,
            @Nullable Slab home,
            @Nullable Scratch scratch) {
        if (knows(READY)) tellReady();
        if (bytes != null) {
            if (isAsked(delivered)) {
                deliver(bytes, offset, length, compressed, home, scratch);
            } else {
                putBack(bytes, offset, length, compressed, home);
            }
        }
        deliverWaiting(scratch);
        if (!knows(HALF_CLOSED) || isHalfCloseTold || !isInboxEmpty()) return;
        if (!has(CANCELLED | CONTEXT_CANCELLED)) tellHalfClose();
    }

    /** The handler does not want the message yet that came along. */
    private void putBack(
            MemorySegment bytes, long offset, int length, boolean compressed, @Nullable Slab home) {
        try {
            SlabPool pool = isCarried() ? peer().loop().sharedSlabs() : peer().loop().slabs();
            Slab kept = Inbox.kept(bytes, offset, length, home, pool);
            laneInbox().putBack(new Inbox.Message(kept, length, compressed));
        } catch (OutOfSlabs e) {
            breakOff(StatusCode.RESOURCE_EXHAUSTED, FaultText.NO_MEMORY);
        }
    }

    private boolean isInboxEmpty() {
        Inbox in = inboxAcquire();
        return in == null || in.isEmpty();
    }

    private void deliverWaiting(@Nullable Scratch scratch) {
        Inbox in = inboxAcquire();
        if (in == null) return;
        while (!has(CANCELLED | CONTEXT_CANCELLED)) {
            if (!isAsked(delivered) && isStarved(in)) return;
            Inbox.Message message = in.poll();
            if (message == null) return;
            boolean isCompressed = message.isCompressed;
            deliver(message.bytes(), 0, message.length, isCompressed, message.home, scratch);
        }
    }

    /** Says that messages wait, and looks once more for the credit that came before it was said. */
    private boolean isStarved(Inbox in) {
        if (in.isEmpty()) return true;
        int how = touch();
        try {
            markBeforeLook(STARVED);
            if (!isAsked(delivered)) return true;
            clear(STARVED);
            return false;
        } finally {
            LoopEntry.close(peer(), how);
        }
    }

    /** Reads a message and hands it over; closes it after that, since it may be its own stream. */
    private void deliver(
            MemorySegment bytes,
            long offset,
            int length,
            boolean compressed,
            @Nullable Slab home,
            @Nullable Scratch scratch) {
        InboundMessage in = adapter.opened(bytes, offset, length, home, scratch);
        try {
            Object message;
            try {
                message = adapter.parse(in, compressed, delivered++, tracer);
            } catch (Throwable t) {
                adapter.endByEngine(CallFaults.unreadable(t));
                if (CallFaults.isOfPeer(t)) markCancelled();
                log(t);
                return;
            }
            listener.onMessage(message);
        } catch (Throwable t) {
            onThrown(t);
        } finally {
            adapter.closeParsed(in);
        }
    }

    /** Nothing that follows can be read: the end is all that is told. */
    private void markCancelled() {
        int how = touch();
        try {
            mark(CANCELLED);
        } finally {
            LoopEntry.close(peer(), how);
        }
    }

    private void tellReady() {
        try {
            listener.onReady();
        } catch (Throwable t) {
            onThrown(t);
        }
    }

    private void tellHalfClose() {
        isHalfCloseTold = true;
        try {
            listener.onHalfClose();
        } catch (Throwable t) {
            onThrown(t);
        }
    }

    private void onThrown(Throwable thrown) {
        adapter.endByEngine(CallFaults.applicationError(thrown));
        log(thrown);
    }

    private void finish(boolean cancelled, @Nullable Scratch scratch) {
        if (has(FINISHED) || knows(FINISHED)) return;
        Inbox in = inboxAcquire();
        if (in != null && !isAbandoned()) in.drop();
        Context.CancellableContext known = contextAcquire();
        adapter.over(cancelled);
        tellTracer(cancelled);
        if (cancelled && known != null) known.cancel(adapter.cancellation());
        try {
            if (cancelled) {
                listener.onCancel();
            } else {
                listener.onComplete();
            }
        } catch (Throwable t) {
            log(t);
        }
        if (known != null) known.cancel(null);
        listener = NOBODY;
        if (scratch == null) {
            finished(peer().inLoop());
        } else {
            learnFinished();
        }
    }

    /**
     * The end, which counts once: the loop tells it when the stream is over, unless its lane has
     * not begun by then, whose last callback tells it before all else.
     */
    final void tellTracer(boolean cancelled) {
        Context.CancellableContext in = contextAcquire();
        if (in == null || tracer.isNone()) return;
        try {
            tracer.streamClosed(
                    adapter.finalStatus(cancelled, broken(), cancelled ? lost(in) : null));
        } catch (Throwable t) {
            log(t);
        }
    }

    /** What the call was cut with by another than its client. */
    private @Nullable Status lost(Context.CancellableContext in) {
        Inbox known = inboxAcquire();
        if (known != null && known.lost != null) return known.lost;
        return CallFaults.timedOut(in.cancellationCause());
    }

    /** The last callback has been made; by the loop's owner, or elsewhere. */
    final void finished(boolean isInside) {
        mark(FINISHED);
        if (isInside) {
            releaseIfDone();
        } else {
            peer().loop().postQuietly(this);
        }
    }

    /** The deadline has passed, or user code has cancelled the context. */
    @Override
    public void cancelled(Context in) {
        Throwable cause = in.cancellationCause();
        if (cause != null) markContextCancelled();
        if (cause instanceof TimeoutException) cancelStream();
    }

    /** Elsewhere than on the loop of a call that is not shared, the reset of its stream will do. */
    private void markContextCancelled() {
        if (isShared()) {
            mark(CONTEXT_CANCELLED);
            return;
        }
        int how = LoopEntry.open(peer());
        try {
            if (how != LoopEntry.AWAY) mark(CONTEXT_CANCELLED);
        } finally {
            LoopEntry.close(peer(), how);
        }
    }

    private void log(Throwable thrown) {
        LOG.log(
                System.Logger.Level.ERROR,
                "Exception while executing " + adapter.route().fullMethodName(),
                thrown);
    }
}

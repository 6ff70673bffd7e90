package io.gyrfalcon.grpc.server;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Letter;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.transport.server.CallEvents;
import io.gyrfalcon.transport.server.ServerCall;
import io.gyrfalcon.transport.wire.FaultText;
import io.gyrfalcon.transport.wire.StatusCode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;

/*
 * One call's way in.
 *
 * The loop tells what happens by setting a bit in the signals; whoever sets one while nothing runs
 * submits the call to its lane, once. The lane takes the bits, makes the callbacks that they allow,
 * and leaves when there are no new ones. So callbacks of a call come one at a time and in order, a
 * call that arrives whole is one submission, and the same code serves every lane.
 *
 * In the direct lane all of it happens on the loop: a message is parsed where it was received, and
 * a unary call that arrives whole runs from startCall to onHalfClose without leaving the stack
 * frame in which its last byte was read.
 */
/**
 * The callbacks of one call, one at a time, in its lane. Methods of {@link CallEvents} are the
 * loop's; {@link #run} and what it calls are the lane's.
 */
@HotPath
final class Dispatch extends Contextual
        implements CallEvents, Runnable, Letter, Context.CancellationListener {
    private static final System.Logger LOG = System.getLogger("io.gyrfalcon.grpc");
    private static final io.grpc.ServerCall.Listener<Object> NOBODY =
            new io.grpc.ServerCall.Listener<>() {};

    private final Peer peer;
    private final CallAdapter adapter;

    // The loop's.
    private @Nullable ServerCall call;
    private int arrived;
    private boolean isStreamClosed;

    /** The request could not be read; published with the signal that says so. */
    private @Nullable Status broken;

    // The lane's.
    private @Nullable Inbox inbox;
    private boolean isBegun;
    private io.grpc.ServerCall.Listener<Object> listener = NOBODY;
    private CallTracer tracer = CallTracer.NONE;
    private int delivered;
    private boolean isHalfCloseTold;

    Dispatch(Peer peer, MethodRoute route, ServerCall call) {
        this.peer = peer;
        this.call = call;
        Calls calls = peer.calls;
        adapter = new CallAdapter(this, peer, route, call);
        if (calls.isInline()) return;
        share();
        Deadline deadline = Calls.deadline(call.timeoutNanos());
        inbox = new Inbox(call.fields(), call.fieldCount(), deadline);
    }

    // On the loop.

    /** The call's transport; {@code null} once it has been given back. */
    @Nullable ServerCall call() {
        return call;
    }

    @Override
    public void onStart() {
        signal(BEGIN);
    }

    @Override
    public void onMessage(
            MemorySegment bytes,
            long offset,
            int length,
            boolean compressed,
            @Nullable Slab home,
            boolean last) {
        if (broken != null) {
            if (home != null) home.release();
            return;
        }
        arrived++;
        peer.countReceived();
        int bits = last ? MESSAGES | HALF_CLOSED : MESSAGES;
        if (canParseInPlace(home)) {
            raise(bits);
            drain(bytes, offset, length, compressed);
            return;
        }
        try {
            keep(bytes, offset, length, compressed, home);
        } catch (OutOfSlabs e) {
            onBroken(StatusCode.RESOURCE_EXHAUSTED, FaultText.NO_MEMORY);
            return;
        }
        signal(bits);
    }

    private boolean canParseInPlace(@Nullable Slab home) {
        return !isShared()
                && home == null
                && inbox == null
                && !has(RUNNING)
                && peer.calls.isParsingInPlace();
    }

    /** Puts a message where it can wait. */
    private void keep(
            MemorySegment bytes, long offset, int length, boolean compressed, @Nullable Slab home) {
        Slab kept = home;
        if (kept == null && length > 0) {
            kept = peer.loop().slabs().take(length);
            MemorySegment.copy(bytes, offset, kept.segment(), 0, length);
        }
        inbox().add(new Inbox.Message(kept, length, compressed));
    }

    private Inbox inbox() {
        Inbox known = inbox;
        if (known == null) {
            ServerCall on = call;
            known =
                    on == null
                            ? new Inbox(null, 0, null)
                            : new Inbox(
                                    on.fields(),
                                    on.fieldCount(),
                                    Calls.deadline(on.timeoutNanos()));
            inbox = known;
        }
        return known;
    }

    void countSent() {
        peer.countSent();
    }

    @Override
    public void onHalfClose() {
        signal(HALF_CLOSED);
    }

    @Override
    public boolean wantsMessages() {
        if (arrived < Math.max(1, requested())) return true;
        markBeforeLook(WINDOW_HELD);
        return arrived < requested();
    }

    @Override
    public void onReady() {
        if (adapter.onSendable()) signal(READY);
    }

    /** The call has become ready again by what its loop has taken. */
    void signalReady() {
        signal(READY);
    }

    @Override
    public void onSent() {}

    @Override
    public void onBroken(int code, String description) {
        Status status = Status.fromCodeValue(code).withDescription(description);
        broken = status;
        ServerCall on = call;
        if (on != null) {
            byte[][] fields = ResponseFields.ofTrailers(status, new Metadata());
            on.sendTrailers(code, fields, fields == null ? 0 : fields.length);
        }
        cancelled();
    }

    @Override
    public void onClosed(boolean reset) {
        isStreamClosed = true;
        peer.ended(!reset);
        if (!has(CANCELLED)) {
            if (reset) {
                cancelled();
            } else {
                complete();
            }
        }
        releaseIfDone();
    }

    private void complete() {
        if (!isShared()) {
            signal(COMPLETED);
        } else if (raise(COMPLETED)) {
            peer.executeLater(lane(), this);
        }
    }

    private void cancelled() {
        markBeforeLook(CANCELLED);
        Context.CancellableContext known = contextVolatile();
        if (isShared() && known != null) {
            peer.execute(lane(), () -> known.cancel(CallFaults.cancellation()));
        }
        signal(CANCELLED);
    }

    /** A letter to the loop: the call has ended, or wants more. */
    @Override
    public void deliver(Loop loop) {
        releaseIfDone();
        ServerCall known = call;
        if (known != null && has(WINDOW_HELD)) {
            clear(WINDOW_HELD);
            known.creditWanted();
        }
    }

    /**
     * The slot of a stream is free once the stream is closed and its last callback made. Nobody
     * looks into the inbox any more by then: what came after the last callback is given back here.
     */
    private void releaseIfDone() {
        ServerCall known = call;
        if (known == null || !isStreamClosed || !has(FINISHED)) return;
        call = null;
        Inbox in = inbox;
        if (in != null) in.drop();
        known.release();
    }

    // On any thread.

    /** Whether the call's context was cancelled with a cause. */
    boolean isContextCancelled() {
        Context.CancellableContext known = contextAcquire();
        return known != null && known.isCancelled() && known.cancellationCause() != null;
    }

    /** The call's connection. */
    Peer peer() {
        return peer;
    }

    CallTracer tracer() {
        return tracer;
    }

    /** {@code io.grpc.ServerCall.request}. */
    void request(int count) {
        addRequested(count);
        if (!has(STARVED | WINDOW_HELD)) return;
        if (!isShared() && !peer.inLoop()) {
            peer.loop().post(on -> onRequested());
            return;
        }
        onRequested();
    }

    private void onRequested() {
        if (has(STARVED)) {
            clear(STARVED);
            signal(MESSAGES);
        }
        if (!has(WINDOW_HELD)) return;
        if (peer.inLoop()) {
            deliver(peer.loop());
        } else {
            peer.loop().post(this);
        }
    }

    /** Resets the stream: the call ends with {@code onCancel}. */
    void cancelStream() {
        resetStream(ErrorCode.CANCEL);
    }

    private void resetStream(ErrorCode code) {
        if (!peer.inLoop()) {
            peer.loop().post(on -> resetStream(code));
            return;
        }
        ServerCall known = call;
        if (known != null) known.reset(code);
    }

    /**
     * By whoever was to run the call: its executor has refused it. It ends on a runner, as
     * cancelled, unless nothing but its completion is left to tell.
     */
    void onRefused() {
        inbox().move(CallLane.RUNNER, null);
        if (has(COMPLETED)) return;
        mark(CANCELLED);
        resetStream(ErrorCode.INTERNAL_ERROR);
    }

    private void signal(int bits) {
        if (!raise(bits)) return;
        if (isShared()) {
            peer.execute(lane(), this);
        } else {
            run();
        }
    }

    // In the lane.

    @Override
    public void run() {
        drain(null, 0, 0, false);
    }

    /** Makes callbacks until there is nothing new; {@code bytes} is a message lying in place. */
    private void drain(@Nullable MemorySegment bytes, long offset, int length, boolean compressed) {
        take();
        Metadata headers = null;
        if (contextAcquire() == null) {
            try {
                headers = prepare();
                if (isMoved(headers)) return;
            } catch (Throwable t) {
                headers = null;
                onUnprepared(t);
            }
        } else if (!isBegun) {
            headers = inbox().takeHeaders();
        }
        Context in = contextAcquire();
        assert in != null;
        Context before = in.attach();
        try {
            if (!isBegun) begin(headers);
            callBack(bytes, offset, length, compressed);
            while (!rest()) {
                take();
                callBack(null, 0, 0, false);
            }
        } finally {
            in.detach(before);
        }
    }

    /** Starts the call, in its context. */
    private void begin(@Nullable Metadata headers) {
        isBegun = true;
        if (headers != null && (broken != null || !has(CANCELLED))) startCall(headers);
    }

    /** Whether another executor goes on with the call. */
    private boolean isMoved(@Nullable Metadata headers) {
        Executor chosen = headers == null ? null : peer.calls.executorFor(adapter, headers);
        if (chosen == null) return false;
        inbox().move(CallLane.of(chosen), headers);
        giveBack();
        peer.execute(lane(), this);
        return true;
    }

    /** A tracer, the registry or the choice of an executor has thrown. */
    private void onUnprepared(Throwable thrown) {
        Context.CancellableContext known = contextAcquire();
        if (known == null) {
            known = peer.calls.plainContext();
            contextRelease(known);
            adapter.endByEngine(Status.INTERNAL.withCause(thrown));
        } else {
            adapter.endByEngine(Status.fromThrowable(thrown));
        }
        known.cancel(null);
        log(thrown);
    }

    private CallLane lane() {
        Inbox in = inbox;
        CallLane chosen = in == null ? null : in.lane();
        return chosen == null ? peer.calls.lane() : chosen;
    }

    /** Context, tracers and method. Null where the call is refused, and answered. */
    private @Nullable Metadata prepare() {
        Calls calls = peer.calls;
        Inbox in = inbox;
        ServerCall on = call;
        byte[][] fields = in != null ? in.fields : on == null ? null : on.fields();
        int count = in != null ? in.fieldCount : on == null ? 0 : on.fieldCount();
        Deadline deadline =
                in != null ? in.deadline : on == null ? null : Calls.deadline(on.timeoutNanos());
        Metadata read = calls.metadata(adapter.route(), fields, count);
        Metadata found = read == null ? new Metadata() : read;
        tracer = calls.tracers().newCall(adapter.route().fullMethodName(), found);
        contextRelease(calls.context(peer, tracer, deadline));
        if (has(CANCELLED) && broken == null) return null;
        if (read == null) {
            refuse(Status.INTERNAL, CallFaults.NOT_BASE64);
            return null;
        }
        if (!adapter.hasDecompressor()) {
            refuse(Status.UNIMPLEMENTED, FaultText.noDecompressor(adapter.encoding()));
            return null;
        }
        if (!adapter.bind(calls)) {
            refuse(Status.UNIMPLEMENTED, FaultText.noMethod(adapter.route().fullMethodName()));
            return null;
        }
        adapter.started(tracer);
        return found;
    }

    private void refuse(Status status, String text) {
        adapter.endByEngine(status.withDescription(text));
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
            @Nullable MemorySegment bytes, long offset, int length, boolean compressed) {
        if (knows(CANCELLED)) {
            if (broken != null && knows(READY) && delivered == 0) tellReady();
            finish(true);
            return;
        }
        if (knows(READY)) tellReady();
        if (bytes != null) {
            if (delivered < requested()) {
                deliver(bytes, offset, length, compressed, null);
            } else {
                keepOrBreak(bytes, offset, length, compressed);
            }
        }
        deliverWaiting();
        if (knows(HALF_CLOSED) && !isHalfCloseTold && isInboxEmpty()) tellHalfClose();
        if (knows(COMPLETED)) finish(false);
    }

    private void keepOrBreak(MemorySegment bytes, long offset, int length, boolean compressed) {
        try {
            keep(bytes, offset, length, compressed, null);
        } catch (OutOfSlabs e) {
            onBroken(StatusCode.RESOURCE_EXHAUSTED, FaultText.NO_MEMORY);
        }
    }

    private boolean isInboxEmpty() {
        Inbox in = inbox;
        return in == null || in.isEmpty();
    }

    private void deliverWaiting() {
        Inbox in = inbox;
        if (in == null) return;
        while (!has(CANCELLED)) {
            if (delivered >= requested() && isStarved(in)) return;
            Inbox.Message message = in.poll();
            if (message == null) return;
            deliver(message.bytes(), 0, message.length, message.isCompressed, message.home);
        }
    }

    /** Says that messages wait, and looks once more for the credit that came before it was said. */
    private boolean isStarved(Inbox in) {
        if (in.isEmpty()) return true;
        markBeforeLook(STARVED);
        if (delivered >= requested()) return true;
        clear(STARVED);
        return false;
    }

    /** Reads a message and hands it over; closes it after that, since it may be its own stream. */
    private void deliver(
            MemorySegment bytes, long offset, int length, boolean compressed, @Nullable Slab home) {
        InboundMessage in = adapter.opened(bytes, offset, length, home);
        try {
            Object message;
            try {
                message = adapter.parse(in, compressed, delivered++, tracer);
            } catch (Throwable t) {
                adapter.endByEngine(CallFaults.unreadable(t));
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

    private void finish(boolean cancelled) {
        if (has(FINISHED)) return;
        Inbox in = inbox;
        if (in != null) in.drop();
        tellTracer(adapter.finalStatus(cancelled, broken));
        Context.CancellableContext known = contextAcquire();
        if (cancelled && known != null) known.cancel(CallFaults.cancellation());
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
        mark(FINISHED);
        if (peer.inLoop()) {
            releaseIfDone();
        } else {
            peer.loop().postQuietly(this);
        }
    }

    private void tellTracer(Status status) {
        try {
            tracer.streamClosed(status);
        } catch (Throwable t) {
            log(t);
        }
    }

    /** The deadline has passed, or user code has cancelled the context. */
    @Override
    public void cancelled(Context in) {
        if (in.cancellationCause() instanceof TimeoutException) cancelStream();
    }

    private void log(Throwable thrown) {
        LOG.log(
                System.Logger.Level.ERROR,
                "Exception while executing " + adapter.route().fullMethodName(),
                thrown);
    }
}

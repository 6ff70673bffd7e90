package io.gyrfalcon.grpc.server;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.run.Carrier;
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
 *
 * On a runner that the loop carries it is the same, but for a copy of the message, which travels
 * along with the call to the runner's mount at the end of the turn: see CarriedCall.
 */
/** One call as its loop sees it: what has arrived, and for whom. Loop-owned, where not said. */
@HotPath
final class Dispatch extends CarriedCall implements CallEvents {
    private static final int LENGTH_MAX = Integer.MAX_VALUE >> 1;

    /** So many messages may wait as such before they were asked for; more wait as bytes. */
    private static final int AHEAD_MAX = 32;

    // The loop's.
    private @Nullable ServerCall call;
    private int arrived;
    private boolean isStreamClosed;

    Dispatch(Peer peer, MethodRoute route, ServerCall call) {
        super(peer.facts(call.authority(), call.acceptEncoding()), route, call);
        this.call = call;
        Calls calls = peer.calls;
        if (peer.carries(route)) {
            carry();
            return;
        }
        if (calls.isInline() && peer.loop().carrier() == null) return;
        share();
        inbox();
    }

    // On the loop.

    @Override
    public boolean isMeasured() {
        return peer().calls.isMeasuring() || peer().isSurveyed();
    }

    @Override
    public void onMeasured(long nanos) {
        boolean isWanted = isCarried() && peer().calls.isMeasuring();
        BoundMethod<?, ?> method = isWanted ? adapter.route().method() : null;
        if (method != null) method.promotion().mounted(nanos, peer().loop().index());
        peer().spent(nanos);
    }

    @Override
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
        if (broken() != null) {
            if (home != null) home.release();
            return;
        }
        arrived++;
        peer().countReceived();
        int bits = last ? MESSAGES | HALF_CLOSED : MESSAGES;
        if (canParseInPlace(home)) {
            raise(bits);
            drain(bytes, offset, length, compressed);
            return;
        }
        Slab kept;
        try {
            kept = Inbox.kept(bytes, offset, length, home, peer().loop().slabs());
        } catch (OutOfSlabs e) {
            onBroken(StatusCode.RESOURCE_EXHAUSTED, FaultText.NO_MEMORY);
            return;
        }
        if (canTravelAlong(length)) {
            raise(bits);
            submit(kept, length << 1 | (compressed ? 1 : 0));
            return;
        }
        inbox().add(new Inbox.Message(kept, length, compressed));
        signal(bits);
    }

    private boolean canParseInPlace(@Nullable Slab home) {
        return !isShared()
                && !isCarried()
                && home == null
                && inboxAcquire() == null
                && !has(RUNNING)
                && peer().calls.isParsingInPlace();
    }

    /** Whether a message may go to the runner together with the call. */
    private boolean canTravelAlong(int length) {
        return isCarried()
                && !isShared()
                && inboxAcquire() == null
                && length <= LENGTH_MAX
                && !has(RUNNING);
    }

    private void submit(@Nullable Slab freight, int label) {
        toRunner();
        Loop loop = peer().loop();
        Carrier carrier = loop.carrier();
        assert carrier != null;
        if (adapter.route().isUrgent()) {
            carrier.submitUrgent(this, freight, label);
        } else {
            carrier.submit(this, freight, label);
        }
    }

    /** On the loop. */
    private Inbox inbox() {
        Inbox known = inboxAcquire();
        if (known != null) return known;
        ServerCall on = call;
        return inboxOr(on == null ? Inbox.ofNothing() : Inbox.of(on, peer().loop()));
    }

    @Override
    void countSent() {
        peer().countSent();
    }

    @Override
    public void onHalfClose() {
        signal(HALF_CLOSED);
    }

    @Override
    public boolean wantsMessages() {
        if (arrived == 0 || isAsked(arrived)) return true;
        markBeforeLook(WINDOW_HELD);
        return isAsked(arrived);
    }

    @Override
    public boolean isBehind() {
        return ahead(arrived) >= AHEAD_MAX;
    }

    @Override
    public void onReady() {
        if (adapter.onSendable()) signal(READY);
    }

    @Override
    void signalReady() {
        signal(READY);
    }

    @Override
    public void onSent() {}

    @Override
    void breakOff(int code, String description) {
        onBroken(code, description);
    }

    @Override
    public void onBroken(int code, String description) {
        Status status = Status.fromCodeValue(code).withDescription(description);
        inbox().broken = status;
        ServerCall on = call;
        if (on != null) {
            byte[][] fields = ResponseFields.ofTrailers(status, new Metadata(), true);
            on.sendTrailers(code, fields, fields == null ? 0 : fields.length);
        }
        cancelled();
    }

    @Override
    public void onClosed(boolean reset) {
        isStreamClosed = true;
        ServerCall on = call;
        peer().ended(!reset && on != null && on.isOk());
        adapter.onStreamClosed();
        if (!peer().calls.tracers().isEmpty()) tellTracersFirst(reset);
        if (!has(CANCELLED)) {
            if (reset) cancelled();
            else complete();
        }
        releaseIfDone();
        if (call == null || !isShared() || !lane().isUsers()) return;
        inbox().awaitLane(new Abandonment(this, peer().loop()));
    }

    /**
     * They hear of a call's end before its client can know of it, and start another; and whether it
     * is the call's own end.
     */
    private void tellTracersFirst(boolean reset) {
        boolean isCancelled = has(CANCELLED);
        Status lost = reset && !isCancelled ? cutBy() : null;
        if (lost != null) inbox().lost = lost;
        tellTracer(reset || isCancelled);
    }

    private @Nullable Status cutBy() {
        Status loss = peer().loss();
        ServerCall on = call;
        if (loss != null || on == null) return loss;
        long code = on.peerResetCode();
        return code < 0 ? null : CallFaults.reset(code);
    }

    /**
     * The stream has ended a while ago. If the executor has not begun with what was left to tell,
     * it has dropped it, or is so late that the connection does not wait: slabs and slot are given
     * back. The callbacks are still made, should the task run after all.
     */
    void abandonIfIdle() {
        ServerCall known = call;
        if (known == null || !abandon()) return;
        call = null;
        inbox().drop();
        known.release();
    }

    private void complete() {
        if (!isShared()) {
            signal(COMPLETED);
        } else if (raise(COMPLETED)) {
            peer().executeLater(lane(), this);
        }
    }

    private void cancelled() {
        markBeforeLook(CANCELLED);
        Context.CancellableContext known = contextVolatile();
        if (known != null && (isShared() || (isCarried() && has(RUNNING)))) {
            peer().execute(lane(), () -> known.cancel(adapter.cancellation()));
        }
        signal(CANCELLED);
    }

    /** A letter to the loop: the call has ended, or wants more. */
    @Override
    public void deliver(Loop on) {
        if (peer().isOn(on)) {
            onNews();
        } else {
            peer().passOn(this);
        }
    }

    private void onNews() {
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
    @Override
    void releaseIfDone() {
        ServerCall known = call;
        if (known == null || !isStreamClosed || !has(FINISHED)) return;
        call = null;
        Inbox in = inboxAcquire();
        if (in != null) in.end();
        known.release();
    }

    // On any thread.

    @Override
    void request(int count) {
        addRequested(count, delivered());
        if (!has(STARVED | WINDOW_HELD)) return;
        if (isShared()) {
            onRequested();
            return;
        }
        int how = LoopEntry.open(peer());
        if (how == LoopEntry.AWAY) {
            peer().post(this::onRequested);
            return;
        }
        try {
            onRequested();
        } finally {
            LoopEntry.close(peer(), how);
        }
    }

    private void onRequested() {
        if (has(STARVED)) {
            clear(STARVED);
            signal(MESSAGES);
        }
        if (!has(WINDOW_HELD)) return;
        if (peer().inLoop()) {
            onNews();
        } else {
            peer().loop().post(this);
        }
    }

    @Override
    void cancelStream() {
        resetStream(ErrorCode.CANCEL);
    }

    private void resetStream(ErrorCode code) {
        if (!peer().inLoop()) {
            peer().post(() -> resetStream(code));
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
        laneInbox().move(CallLane.RUNNER, null);
        if (has(COMPLETED)) return;
        mark(CANCELLED | REFUSED);
        resetStream(ErrorCode.INTERNAL_ERROR);
    }

    private void signal(int bits) {
        if (!raise(bits)) return;
        if (isShared()) {
            peer().execute(lane(), this);
        } else if (isCarried()) {
            submit(null, NO_MESSAGE);
        } else {
            run();
        }
    }
}

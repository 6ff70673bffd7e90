package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Decompressor;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Letter;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.grpc.server.CallLane;
import io.gyrfalcon.grpc.server.Encodings;
import io.gyrfalcon.grpc.server.MetadataFields;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.time.Timer;
import io.gyrfalcon.traffic.retry.Progress;
import io.gyrfalcon.transport.client.CallStatus;
import io.gyrfalcon.transport.client.ClientCall;
import io.gyrfalcon.transport.client.ClientCallEvents;
import io.gyrfalcon.transport.client.ClientConnection;
import io.gyrfalcon.transport.client.PendingCall;
import io.gyrfalcon.transport.client.ResponseHead;
import io.gyrfalcon.transport.wire.FaultText;
import io.gyrfalcon.transport.wire.StatusCode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.TimeoutException;

/**
 * One call's way to a server and back, in one attempt or several. Loop-owned, but for what user
 * code says to it, which any thread adds to an outbox under this object's lock.
 */
/*
 *   NEW -> HELD -> WAITING -> (PREPARING -> WAITING) -> OPEN -> ENDED
 *                     ^                                  |
 *                     +------- (RESTING) <---------------+
 *
 * HELD: the request has one message, and its end has not been said; head, message and end are to
 * leave together. WAITING: in the exchange or an endpoint, for a connection. PREPARING: credentials
 * and tracers, which are user code, look at the connection that was found; it may be another one
 * when they are done. RESTING: an attempt has failed, and the next is not due yet.
 *
 * What user code says is picked up by one letter, however much it is by then. What was sent is kept
 * until the call is its attempt for good: see AttemptPlan.
 */
final class RoutedCall extends Timer
        implements Letter, PendingCall, ClientCallEvents, Context.CancellationListener {
    private enum Phase {
        NEW,
        HELD,
        WAITING,
        PREPARING,
        OPEN,
        RESTING,
        ENDED
    }

    private final Exchange exchange;
    private final Loop loop;
    private final Request request;
    private final Deliveries<?> deliveries;

    /** Whether it may begin on a channel that is shut down. */
    final boolean isAdmitted;

    // The outbox, guarded by this object's lock.
    private final ArrayDeque<Outgoing> outbox = new ArrayDeque<>(1);
    private boolean isPosted;
    private boolean isHalfClosed;
    private boolean isOver;
    private @Nullable Status cancelled;
    private int bytesOnTheWay;

    // Read by any thread.
    private volatile boolean isOpen;
    private volatile int bytesInStream;
    private volatile Attributes attributes = Attributes.EMPTY;

    // The loop's.
    private final ArrayDeque<Outgoing> unsent = new ArrayDeque<>(1);
    private Phase phase = Phase.NEW;
    private boolean isEndSaid;
    private boolean isEndSent;
    private boolean isPrepared;
    private byte[][] fields;
    private final Attempts attempts;
    private ClientTracers tracers;
    private @Nullable ClientCall call;
    private @Nullable Link link;

    /** Neighbours in the exchange's list of calls that have not ended. */
    @Nullable RoutedCall next;

    @Nullable RoutedCall previous;

    RoutedCall(Exchange exchange, Request request, Deliveries<?> deliveries, boolean isAdmitted) {
        this.isAdmitted = isAdmitted;
        this.exchange = exchange;
        this.loop = exchange.loop();
        this.request = request;
        this.deliveries = deliveries;
        fields = request.fields();
        tracers = request.tracers();
        attempts = new Attempts(this, exchange);
    }

    Request request() {
        return request;
    }

    Attempts attempts() {
        return attempts;
    }

    // What user code says. Any thread.

    /** Has the loop look at what was said. */
    void post() {
        synchronized (this) {
            if (isPosted) return;
            isPosted = true;
        }
        if (loop.inLoop()) {
            deliver(loop);
        } else if (loop.enter()) {
            try {
                deliver(loop);
            } finally {
                loop.leave();
            }
        } else if (!loop.post(this)) {
            onUndelivered();
        }
    }

    /** A message is to be sent; it leaves with the half-close where there is only one. */
    void send(Outgoing message) {
        synchronized (this) {
            if (isOver) {
                message.drop();
                return;
            }
            outbox.add(message);
            bytesOnTheWay += message.bytes;
        }
        if (!request.sendsOne()) post();
    }

    void halfClose() {
        synchronized (this) {
            isHalfClosed = true;
        }
        post();
    }

    /** Ends the call with this status, if nothing else has. */
    void cancel(Status status) {
        synchronized (this) {
            if (cancelled == null) cancelled = status;
        }
        post();
    }

    /** Whether a message sent now would not wait behind too many bytes. */
    boolean isReady() {
        if (!isOpen) return false;
        int inStream = bytesInStream;
        synchronized (this) {
            return !isOver && inStream + bytesOnTheWay < request.readyBytes();
        }
    }

    Attributes attributes() {
        return attributes;
    }

    @Override
    public void cancelled(Context context) {
        boolean isTime = context.cancellationCause() instanceof TimeoutException;
        boolean isLate = isTime && request.isContextsDeadline();
        cancel(isLate ? lateStatus() : Statuses.ofCancelled(context));
    }

    /** The call is over: its context needs not tell it of anything. */
    void forgetContext() {
        request.context().removeListener(this);
    }

    /** The deadline has passed. */
    Status lateStatus() {
        Object remote = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        String where = isOpen ? "[remote_addr=" + remote + "]" : "[waiting_for_connection]";
        return Status.DEADLINE_EXCEEDED.withDescription(request.lateText() + where);
    }

    // The loop.

    @Override
    public void deliver(Loop on) {
        Status why;
        synchronized (this) {
            isPosted = false;
            unsent.addAll(outbox);
            outbox.clear();
            isEndSaid = isHalfClosed;
            why = cancelled;
        }
        if (phase == Phase.NEW) begin();
        if (why != null) {
            end(why, new Metadata(), true);
        } else if (phase == Phase.HELD && isEndSaid) {
            place();
        } else if (phase == Phase.OPEN) {
            flush();
            ClientCall open = call;
            if (open != null) open.creditWanted();
        } else if (phase == Phase.ENDED) {
            dropUnsent();
        }
    }

    private void begin() {
        phase = Phase.HELD;
        if (!exchange.add(this)) {
            end(Statuses.of(Statuses.SHUT_DOWN), new Metadata(), true);
            return;
        }
        if (request.deadlineNanos() != Request.NEVER) {
            loop.timers().schedule(this, request.deadlineNanos());
        }
        attempts.start();
        if (!request.sendsOne()) place();
    }

    private void place() {
        phase = Phase.WAITING;
        exchange.place(this);
    }

    @Override
    protected void onTimer(long nowNanos) {
        end(lateStatus(), new Metadata(), true);
    }

    /** The loop has ended. */
    @Override
    public void onUndelivered() {
        synchronized (this) {
            isOver = true;
            for (Outgoing message : outbox) message.drop();
            outbox.clear();
        }
        deliveries.leaveLoop(exchange.options().offload());
        deliveries.close(Statuses.of(Statuses.SHUT_DOWN_NOW), new Metadata(), true);
    }

    @Override
    public boolean isWanted() {
        return phase == Phase.WAITING;
    }

    /** The server has not heard of the call: it goes to wherever calls go by now. */
    @Override
    public void onFailed(CallStatus status) {
        if (phase != Phase.WAITING) return;
        if (status.code() == StatusCode.UNAVAILABLE) {
            exchange.placeLater(this);
        } else {
            end(Statuses.of(status), new Metadata(), true);
        }
    }

    @Override
    public void onConnection(ClientConnection connection) {
        Link reached = Link.of(connection);
        Attributes known = reached == null ? Attributes.EMPTY : reached.attributes();
        if (!isPrepared && request.needsPreparing()) {
            phase = Phase.PREPARING;
            new Preparation(this, tracers, known, exchange).start(loop);
            return;
        }
        phase = Phase.OPEN;
        attributes = known;
        byte[][] extra = request.extra(fields, attempts.number(), loop.nowNanos());
        ClientCall opened = connection.call(request.head(), extra, extra.length, this);
        call = opened;
        link = reached;
        if (reached != null) reached.onCallStarted();
        if (opened.hasEnded()) return;
        opened.readyBytes(request.readyBytes());
        opened.messageBytesMax(request.messageBytesMax());
        isOpen = true;
        replay(opened);
        flush();
        if (!request.sendsOne()) deliveries.ready();
    }

    /** Credentials and tracers have seen the connection; these are the request's fields now. */
    void onPrepared(byte[][] made, ClientTracers followed) {
        if (phase != Phase.PREPARING) return;
        isPrepared = true;
        fields = made;
        tracers = followed;
        deliveries.followedBy(followed);
        place();
    }

    /** The credentials refuse. */
    void onRefused(Status status) {
        if (phase == Phase.PREPARING) end(status, new Metadata(), true);
    }

    /** Sends once more what an earlier attempt has sent. */
    private void replay(ClientCall open) {
        if (!attempts.hasKept()) return;
        boolean isWhole = isEndSaid && unsent.isEmpty();
        isEndSent = isWhole;
        try {
            attempts.replay(open, isWhole);
        } catch (OutOfSlabs e) {
            open.cancel(CallStatus.of(StatusCode.RESOURCE_EXHAUSTED, FaultText.NO_MEMORY));
        }
    }

    /** Sends what waits. */
    private void flush() {
        ClientCall open = call;
        if (open == null) return;
        int sentBytes = 0;
        try {
            for (Outgoing message = unsent.poll(); message != null; message = unsent.poll()) {
                sentBytes += message.bytes;
                send(open, message);
            }
        } catch (OutOfSlabs e) {
            open.cancel(CallStatus.of(StatusCode.RESOURCE_EXHAUSTED, FaultText.NO_MEMORY));
        }
        if (isEndSaid && !isEndSent && !open.hasEnded()) {
            isEndSent = true;
            open.halfClose();
        }
        if (sentBytes > 0) countSent(open, sentBytes);
    }

    private void send(ClientCall open, Outgoing message) {
        boolean isKept = false;
        try {
            boolean isLast = isEndSaid && unsent.isEmpty();
            if (!open.hasEnded()) {
                isEndSent |= isLast;
                message.send(open, isLast);
                if (link != null) link.countSent();
            }
            isKept = attempts.keep(message);
        } finally {
            if (!isKept) message.drop();
        }
    }

    /** Bytes have come from user code into the stream; tells it, if the call was full by them. */
    private void countSent(ClientCall open, int bytes) {
        int inStream = open.hasEnded() ? 0 : open.queuedBytes();
        int before = bytesInStream;
        bytesInStream = inStream;
        boolean isReadyNow;
        synchronized (this) {
            boolean wasFull = before + bytesOnTheWay >= request.readyBytes();
            bytesOnTheWay -= bytes;
            isReadyNow = wasFull && inStream + bytesOnTheWay < request.readyBytes();
        }
        if (isReadyNow && !isEndSaid && !request.sendsOne()) deliveries.ready();
    }

    // What the server says.

    @Override
    public void onHead(ResponseHead head) {
        attempts.onHeaders();
        byte[] encoding = RequestFields.encoding(head.fields(), head.fieldCount());
        Decompressor codec = null;
        if (encoding != null && !isIdentity(encoding)) {
            codec = request.encodings().decompressor(encoding, 0, encoding.length);
            if (codec == null) {
                String name = new String(encoding, StandardCharsets.US_ASCII);
                fail(StatusCode.INTERNAL, FaultText.noDecompressor(name));
                return;
            }
        }
        Metadata headers = metadata(head.fields(), head.fieldCount());
        if (headers == null) {
            fail(StatusCode.INTERNAL, "A binary metadata value is not base64");
            return;
        }
        deliveries.headers(headers, codec);
    }

    private static boolean isIdentity(byte[] encoding) {
        return Encodings.isIdentity(encoding, 0, encoding.length);
    }

    private static @Nullable Metadata metadata(byte @Nullable [][] fields, int count) {
        return fields == null ? new Metadata() : MetadataFields.of(fields, count / 2);
    }

    private void fail(int code, String text) {
        ClientCall open = call;
        if (open != null) open.cancel(CallStatus.of(code, text));
    }

    @Override
    public void onMessage(
            MemorySegment bytes, long offset, int length, boolean compressed, @Nullable Slab home) {
        countReceived();
        Slab kept = home;
        if (home == null && length > 0) {
            try {
                kept = loop.slabs().take(length);
            } catch (OutOfSlabs e) {
                fail(StatusCode.RESOURCE_EXHAUSTED, FaultText.NO_MEMORY);
                return;
            }
            MemorySegment.copy(bytes, offset, kept.segment(), 0, length);
        }
        deliveries.message(kept, length, compressed);
    }

    private void countReceived() {
        Link reached = link;
        if (reached != null) reached.countReceived();
    }

    @Override
    public boolean wantsMessages() {
        return deliveries.wantsMessages();
    }

    @Override
    public void onReady() {
        ClientCall open = call;
        if (open == null || isEndSaid) return;
        bytesInStream = open.queuedBytes();
        if (isReady() && !request.sendsOne()) deliveries.ready();
    }

    @Override
    public void onEnd(
            CallStatus status, byte @Nullable [][] received, int count, boolean isUnprocessed) {
        call = null;
        unlink(status.isOk());
        if (phase == Phase.ENDED) return;
        Metadata trailers = metadata(received, count);
        Progress progress = isUnprocessed ? Progress.REFUSED : Progress.PROCESSED;
        close(Statuses.of(status), trailers == null ? new Metadata() : trailers, progress);
    }

    private void unlink(boolean isOk) {
        Link reached = link;
        link = null;
        if (reached != null) reached.onCallEnded(isOk);
    }

    // The end, of an attempt and of the call.

    private void close(Status status, Metadata trailers, Progress progress) {
        switch (attempts.onClosed(progress, status.getCode().value(), trailers)) {
            case DELIVER -> end(status, trailers, false);
            case GO_ON -> {
                phase = Phase.RESTING;
                closeTracers(status);
            }
            case AGAIN -> {
                closeTracers(status);
                restart();
            }
            case TOO_OFTEN ->
                    end(
                            Status.INTERNAL.withDescription(
                                    "Too many transparent retries. Might be a bug in gRPC"),
                            new Metadata(),
                            true);
        }
    }

    /** The attempt's tracers follow no other one. They are user code. */
    private void closeTracers(Status status) {
        ClientTracers followed = tracers;
        if (!followed.isNone()) {
            CallLane.RUNNER.execute(loop, () -> followed.streamClosed(status));
        }
    }

    /** Another attempt begins. */
    void restart() {
        phase = Phase.WAITING;
        isOpen = false;
        isEndSent = false;
        isPrepared = false;
        fields = request.fields();
        bytesInStream = 0;
        exchange.placeLater(this);
    }

    /** Ends the call from outside: the channel is shut down. */
    void abort(CallStatus why) {
        end(Statuses.of(why), new Metadata(), true);
    }

    /** The exchange will not place the call. */
    void refuse(Status why, Progress progress) {
        if (phase == Phase.WAITING) close(why, new Metadata(), progress);
    }

    private void end(Status status, Metadata trailers, boolean isAtOnce) {
        boolean isFirst = phase != Phase.ENDED;
        phase = Phase.ENDED;
        synchronized (this) {
            isOver = true;
            unsent.addAll(outbox);
            outbox.clear();
        }
        dropUnsent();
        loop.timers().cancel(this);
        attempts.end();
        ClientCall open = call;
        call = null;
        if (open != null) open.cancel(Statuses.of(status));
        unlink(false);
        if (isFirst) exchange.remove(this, status.isOk());
        boolean isLate = status.getCode() == Status.Code.CANCELLED && request.isLate();
        if (isLate) {
            deliveries.close(lateStatus(), new Metadata(), isAtOnce);
        } else {
            deliveries.close(status, trailers, isAtOnce);
        }
    }

    private void dropUnsent() {
        for (Outgoing message : unsent) message.drop();
        unsent.clear();
    }
}

package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Letter;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.primitives.time.Timer;
import io.gyrfalcon.traffic.retry.Progress;
import io.gyrfalcon.transport.client.CallStatus;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeoutException;

/**
 * One call between user code and its attempts. Loop-owned, but for what user code says to it, which
 * any thread adds to an outbox under this object's lock.
 */
/*
 *   NEW -> HELD -> RUNNING -> ENDED
 *
 * HELD: the request has one message, and its end has not been said; head, message and end are to
 * leave together. RUNNING: attempts are on their way, or one is due; see Attempts.
 *
 * What user code says is picked up by one letter, however much it is by then.
 */
final class RoutedCall extends Timer implements Letter, Context.CancellationListener {
    /** Stands for what the loop says of a deadline that has passed. */
    private static final Status LATE = Status.DEADLINE_EXCEEDED.withDescription("late");

    private enum Phase {
        NEW,
        HELD,
        RUNNING,
        ENDED
    }

    private final Exchange exchange;
    private final Loop loop;
    private final Request request;
    private final Deliveries<?> deliveries;
    private final @Nullable CallPicker own;

    /** Whether it may begin on a channel that is shut down. */
    final boolean isAdmitted;

    // The outbox, guarded by this object's lock.
    private final Few<Outgoing> outbox = new Few<>();
    private boolean isPosted;
    private boolean isHalfClosed;
    private boolean isOver;
    private @Nullable Status cancelled;
    private int bytesOnTheWay;

    // Read by any thread.
    private volatile boolean isOpen;
    private volatile int bytesInStream;
    private volatile Attributes attributes = Attributes.EMPTY;

    /** The server has ended it, but not all of its messages are asked for: it may be too late. */
    private volatile boolean isStillDue;

    // The loop's.
    private Phase phase = Phase.NEW;
    private final Attempts attempts;
    private ClientTracers followed;

    /** Neighbours in the exchange's list of calls that have not ended. */
    @Nullable RoutedCall next;

    @Nullable RoutedCall previous;

    /**
     * A call that has not begun.
     *
     * @param own where it goes, if not where the channel's calls go
     */
    RoutedCall(
            Exchange exchange,
            Request request,
            Deliveries<?> deliveries,
            boolean isAdmitted,
            @Nullable CallPicker own) {
        this.isAdmitted = isAdmitted;
        this.exchange = exchange;
        this.loop = exchange.loop();
        this.request = request;
        this.deliveries = deliveries;
        this.own = own;
        followed = request.tracers();
        attempts = new Attempts(this, exchange);
    }

    Request request() {
        return request;
    }

    Deliveries<?> deliveries() {
        return deliveries;
    }

    /** Where the call goes, if not where the channel's calls go. */
    @Nullable CallPicker own() {
        return own;
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
        cancel(isLate ? LATE : Statuses.ofCancelled(context));
    }

    /** The call is over for its listener: neither its context nor its deadline counts any more. */
    void settled() {
        request.context().removeListener(this);
        if (isStillDue) loop.post(on -> on.timers().cancel(this));
    }

    // The loop.

    @Override
    public void deliver(Loop on) {
        Status why;
        synchronized (this) {
            isPosted = false;
            attempts.take(outbox, isHalfClosed);
            why = cancelled;
        }
        if (phase == Phase.NEW) begin();
        if (why != null) {
            end(LATE.equals(why) ? late() : why, null, true);
        } else if (phase == Phase.HELD && attempts.isEndSaid()) {
            run();
        } else if (phase == Phase.RUNNING) {
            attempts.flush();
            attempts.creditWanted();
        } else if (phase == Phase.ENDED) {
            attempts.dropAll();
        }
    }

    private void begin() {
        phase = Phase.HELD;
        if (!exchange.add(this)) {
            end(Statuses.of(Statuses.SHUT_DOWN), null, true);
            return;
        }
        if (request.deadlineNanos() != Request.NEVER) {
            loop.timers().schedule(this, request.deadlineNanos());
        }
        if (!request.sendsOne()) run();
    }

    private void run() {
        phase = Phase.RUNNING;
        attempts.start();
    }

    @Override
    protected void onTimer(long nowNanos) {
        end(late(), null, true);
    }

    /** The deadline has passed. */
    private Status late() {
        return Status.DEADLINE_EXCEEDED.withDescription(request.lateText() + attempts.insight());
    }

    /** The loop has ended. */
    @Override
    public void onUndelivered() {
        synchronized (this) {
            isOver = true;
            for (Outgoing one = outbox.poll(); one != null; one = outbox.poll()) one.drop();
        }
        deliveries.leaveLoop(exchange.options().offload());
        deliveries.close(Statuses.of(Statuses.SHUT_DOWN_NOW), null, true);
    }

    // What attempts tell.

    /** An attempt has a stream. */
    void onOpen(Attempt attempt, Attributes known) {
        attributes = known;
        isOpen = true;
        attempts.flush(attempt);
        if (!request.sendsOne()) deliveries.ready();
    }

    /** An attempt is followed by these. */
    void onFollowed(ClientTracers tracers) {
        followed = tracers;
        deliveries.followedBy(tracers);
    }

    /** Bytes have come from user code into streams; tells it, if the call was full by them. */
    void onSent(int bytes) {
        int inStream = attempts.queuedBytes();
        int before = bytesInStream;
        bytesInStream = inStream;
        boolean isReadyNow;
        synchronized (this) {
            boolean wasFull = before + bytesOnTheWay >= request.readyBytes();
            bytesOnTheWay -= bytes;
            isReadyNow = wasFull && inStream + bytesOnTheWay < request.readyBytes();
        }
        if (isReadyNow && !attempts.isEndSaid() && !request.sendsOne()) deliveries.ready();
    }

    /** A stream takes messages again. */
    void onReady() {
        if (attempts.isEndSaid()) return;
        bytesInStream = attempts.queuedBytes();
        if (isReady() && !request.sendsOne()) deliveries.ready();
    }

    /** A server has answered; whether its attempt is the call from now on. */
    boolean onHeaders(Attempt attempt) {
        if (!attempts.onHeaders(attempt)) return false;
        follow(attempt);
        return true;
    }

    private void follow(Attempt attempt) {
        if (attempt.tracers() != followed) onFollowed(attempt.tracers());
    }

    /** An attempt has ended. */
    void onClosed(Attempt attempt, Status status, @Nullable Metadata trailers, Progress progress) {
        switch (attempts.onClosed(attempt, status, trailers, progress)) {
            case DELIVER -> {
                follow(attempt);
                end(status, trailers, false);
            }
            case GO_ON, AGAIN -> {
                isOpen = attempts.isAnyOpen();
                bytesInStream = attempts.queuedBytes();
                attempt.closeTracers(status, trailers);
            }
            case TOO_OFTEN ->
                    end(
                            Status.INTERNAL.withDescription(
                                    "Too many transparent retries. Might be a bug in gRPC"),
                            null,
                            true);
        }
    }

    /** Ends the call from outside: the channel is shut down. */
    void abort(CallStatus why) {
        end(Statuses.of(why), null, true);
    }

    /**
     * Ends the call, and all its attempts.
     *
     * @param trailers as the server said them, or {@code null}
     * @param isAtOnce whether messages that wait are dropped
     */
    void end(Status status, @Nullable Metadata trailers, boolean isAtOnce) {
        boolean isLate = status.getCode() == Status.Code.CANCELLED && request.isLate();
        Status with = isLate ? late() : status;
        boolean isFirst = phase != Phase.ENDED;
        phase = Phase.ENDED;
        synchronized (this) {
            isOver = true;
            attempts.take(outbox, isHalfClosed);
        }
        boolean isTimed = request.deadlineNanos() != Request.NEVER;
        isStillDue = isTimed && !isAtOnce && deliveries.isHeldBack();
        if (!isStillDue) loop.timers().cancel(this);
        attempts.end(with, followed);
        if (isFirst) exchange.remove(this, with.isOk());
        deliveries.close(with, isLate ? null : trailers, isAtOnce);
    }
}

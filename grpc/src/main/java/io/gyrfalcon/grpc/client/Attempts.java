package io.gyrfalcon.grpc.client;

import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.time.Timer;
import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.WakeUp;
import io.gyrfalcon.traffic.retry.AttemptPlan;
import io.gyrfalcon.traffic.retry.Progress;
import io.gyrfalcon.traffic.retry.Pushback;
import io.gyrfalcon.traffic.retry.Verdict;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * The attempts of one call: which run, whether another may follow, and the messages that each has
 * to send. Loop-owned.
 */
/*
 * Messages are numbered. An attempt that is open has sent all that there are: each new one goes to
 * every attempt that is open, and one that opens later begins with the first. They are kept until
 * the call is its attempt for good, which it is by headers, or when more was sent than may be kept,
 * or a message that is too large to be sent twice. Then the other attempts are given up, and what
 * was sent is dropped.
 */
@LoopOwned
final class Attempts {
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    /** grpc-java's words. */
    private static final Status LOST =
            Status.CANCELLED.withDescription(
                    "Stream thrown away because RetriableStream committed");

    private static final TrafficLimits LIMITS = TrafficLimits.standard();

    private final RoutedCall call;
    private final Exchange exchange;
    private final AttemptPlan plan = new AttemptPlan(LIMITS);
    private final Few<Outgoing> messages = new Few<>();

    /** Made where an attempt is to follow. */
    private @Nullable Timer timer;

    /** The oldest of those that run; each knows the next. */
    private @Nullable Attempt running;

    /** The number of the first message that is kept. */
    private int firstMessage;

    /** How many messages some attempt has sent. */
    private int sentMessages;

    /** With what attempts have ended that were not the last, or {@code null}. */
    private @Nullable List<Status.Code> ended;

    private boolean isEndSaid;
    private long keptBytes;

    Attempts(RoutedCall call, Exchange exchange) {
        this.call = call;
        this.exchange = exchange;
    }

    /** The first one begins. */
    void start() {
        if (settings().isOn()) {
            plan.start(call.request().attempts(), exchange.throttle(), exchange.nowNanos());
        } else {
            plan.startOnce();
            plan.commit(0);
        }
        seeToTimer();
        exchange.place(begin(0, false));
    }

    private RetrySettings settings() {
        return exchange.options().retries();
    }

    private Attempt begin(int number, boolean isTransparent) {
        Attempt begun = new Attempt(call, exchange, number, isTransparent);
        Attempt last = running;
        while (last != null && last.next != null) last = last.next;
        if (last == null) running = begun;
        else last.next = begun;
        return begun;
    }

    private void beginAgain(int number, boolean isTransparent) {
        Attempt begun;
        try {
            begun = begin(number, isTransparent);
        } catch (RuntimeException thrown) {
            call.end(ClientTracers.failed(thrown), null, true);
            return;
        }
        exchange.placeLater(begun);
    }

    private void remove(Attempt ended) {
        if (running == ended) running = ended.next;
        for (Attempt one = running; one != null; one = one.next) {
            if (one.next == ended) one.next = ended.next;
        }
    }

    private void seeToTimer() {
        long atNanos = plan.wakeAtNanos();
        if (atNanos != WakeUp.NEVER) {
            if (timer == null) timer = new Next();
            exchange.loop().timers().schedule(timer, atNanos);
        } else {
            forgetTimer();
        }
    }

    private void forgetTimer() {
        if (timer != null) exchange.loop().timers().cancel(timer);
    }

    /** Fires when another attempt is due. */
    private final class Next extends Timer {
        @Override
        protected void onTimer(long nowNanos) {
            int next = plan.onTime(nowNanos);
            seeToTimer();
            if (next != AttemptPlan.NONE) beginAgain(next, false);
        }
    }

    // What is sent.

    /** Takes messages over, in their order. */
    void take(Few<Outgoing> said, boolean isEnd) {
        for (Outgoing one = said.poll(); one != null; one = said.poll()) messages.add(one);
        isEndSaid = isEnd;
    }

    boolean isEndSaid() {
        return isEndSaid;
    }

    /** Sends what waits, on every attempt that is open. */
    void flush() {
        // An attempt may become the call by what it sends, and the others go.
        for (Attempt one = running; one != null; one = one.next) flush(one);
    }

    /** Sends what an open attempt has not sent; returns bytes that none had sent before. */
    void flush(Attempt attempt) {
        if (!attempt.isOpen()) return;
        int freshBytes = 0;
        while (attempt.sentMessages - firstMessage < messages.size()) {
            int index = attempt.sentMessages - firstMessage;
            Outgoing message = messages.get(index);
            boolean isFresh = attempt.sentMessages == sentMessages;
            if (isFresh) {
                sentMessages++;
                freshBytes += message.bytes;
                keep(message, attempt);
            }
            attempt.send(message, isEndSaid && index == messages.size() - 1);
        }
        if (isEndSaid) attempt.halfClose();
        if (plan.isSettled()) dropSent(attempt);
        if (freshBytes > 0) call.onSent(freshBytes);
    }

    /** Accounts for a message that is about to be sent first; one too many settles the call. */
    private void keep(Outgoing message, Attempt attempt) {
        if (plan.isSettled()) return;
        boolean isTooMuch = keptBytes + message.bytes > settings().callBytesMax();
        if (!message.isWhole() || isTooMuch || !exchange.keep(message.bytes)) {
            commit(attempt);
        } else {
            keptBytes += message.bytes;
        }
    }

    private void commit(Attempt attempt) {
        plan.commit(attempt.number());
        onCommitted(attempt);
    }

    /** The attempt is the call: the others go, and what it has sent. */
    private void onCommitted(Attempt attempt) {
        seeToTimer();
        exchange.unkeep(keptBytes);
        keptBytes = 0;
        Attempt one = running;
        running = attempt;
        while (one != null) {
            Attempt following = one.next;
            one.next = null;
            if (one != attempt) {
                one.giveUp(Statuses.of(LOST));
                one.closeTracers(LOST, null);
            }
            one = following;
        }
    }

    private void dropSent(Attempt attempt) {
        int count = attempt.sentMessages - firstMessage;
        if (count <= 0) return;
        dropFirst(count);
        firstMessage = attempt.sentMessages;
    }

    private void dropFirst(int count) {
        for (int i = 0; i < count; i++) {
            Outgoing message = messages.poll();
            if (message != null) message.drop();
        }
    }

    /** The least that waits in a stream of an open attempt. */
    int queuedBytes() {
        int least = Integer.MAX_VALUE;
        for (Attempt one = running; one != null; one = one.next) {
            if (one.isOpen()) least = Math.min(least, one.queuedBytes());
        }
        return least == Integer.MAX_VALUE ? 0 : least;
    }

    boolean isAnyOpen() {
        for (Attempt one = running; one != null; one = one.next) {
            if (one.isOpen()) return true;
        }
        return false;
    }

    void creditWanted() {
        for (Attempt one = running; one != null; one = one.next) one.creditWanted();
    }

    // What servers say.

    /** The server has answered: this attempt is the call, if no other one is. */
    boolean onHeaders(Attempt attempt) {
        boolean wasSettled = plan.isSettled();
        if (!plan.onHeaders(attempt.number())) return false;
        if (!wasSettled) {
            onCommitted(attempt);
            dropSent(attempt);
        }
        return true;
    }

    /** An attempt has ended; one that follows it is begun here, or when it is due. */
    Verdict onClosed(
            Attempt attempt, Status status, @Nullable Metadata trailers, Progress progress) {
        remove(attempt);
        int pushback = Pushback.parse(trailers == null ? null : trailers.get(PUSHBACK));
        int code = status.getCode().value();
        Verdict verdict =
                plan.onClosed(
                        attempt.number(),
                        progress,
                        code,
                        pushback,
                        exchange.nowNanos(),
                        exchange.nextRandom());
        seeToTimer();
        if (verdict != Verdict.DELIVER) {
            if (ended == null) ended = new ArrayList<>();
            ended.add(status.getCode());
        }
        if (verdict == Verdict.AGAIN) beginAgain(attempt.number(), true);
        return verdict;
    }

    /** Where they are, in grpc-java's words. */
    String insight() {
        Attempt first = running;
        String where = first == null ? "[]" : first.insight();
        if (!settings().isOn()) return where;
        String past = "[closed=" + (ended == null ? List.of() : ended);
        if (plan.isSettled() && first != null) return past + ", committed=" + where + "]";
        StringJoiner open = new StringJoiner(", ", ", open=[", "]]");
        for (Attempt one = first; one != null; one = one.next) open.add(one.insight());
        return past + open;
    }

    /**
     * None follows: those that run are given up.
     *
     * @param status of the call
     * @param followed whose tracers hear of the end as the call does, or {@code null}
     */
    void end(Status status, @Nullable ClientTracers followed) {
        plan.stop();
        forgetTimer();
        Attempt one = running;
        running = null;
        for (; one != null; one = one.next) {
            one.giveUp(Statuses.of(status));
            if (one.tracers() != followed) one.closeTracers(status, null);
        }
        dropAll();
    }

    /** Drops every message that is left. */
    void dropAll() {
        dropFirst(messages.size());
        exchange.unkeep(keptBytes);
        keptBytes = 0;
    }
}

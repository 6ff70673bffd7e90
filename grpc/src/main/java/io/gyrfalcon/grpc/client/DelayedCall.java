package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.gyrfalcon.transport.client.CallStatus;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A call that began before its channel knew by which config: keeps what is said to it, and says it
 * to the real call once that can be made. Any thread; guarded by its lock.
 *
 * @param <Q> the type of the request's messages
 * @param <R> the type of the response's messages
 */
final class DelayedCall<Q, R> extends ClientCall<Q, R>
        implements Runnable, Context.CancellationListener {
    private static final double SECOND = 1e9;

    /** Tells when the real call is over. */
    private final class Watched extends SimpleForwardingClientCallListener<R> {
        Watched(Listener<R> listener) {
            super(listener);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            leave();
            super.onClose(status, trailers);
        }
    }

    private final Calls calls;
    private final MethodDescriptor<Q, R> method;
    private final CallOptions options;
    private final Context context = Context.current();
    private final long createdNanos;
    private final ArrayDeque<Consumer<ClientCall<Q, R>>> said = new ArrayDeque<>();
    private @Nullable Listener<R> listener;
    private @Nullable Future<?> deadline;
    private @Nullable CallConfig config;
    private @Nullable ClientCall<Q, R> real;
    private boolean isEnded;

    DelayedCall(Calls calls, MethodDescriptor<Q, R> method, CallOptions options) {
        this.calls = calls;
        this.method = method;
        this.options = options;
        createdNanos = nanoTime();
    }

    private long nanoTime() {
        return calls.exchange().loop().clock().nanoTime();
    }

    @Override
    public void start(Listener<R> heard, Metadata headers) {
        if (heard == null) throw new NullPointerException("observer");
        if (headers == null) throw new NullPointerException("headers");
        synchronized (this) {
            if (listener != null) throw new IllegalStateException("Already started");
            if (isEnded) throw new IllegalStateException("call was cancelled");
            listener = heard;
            said.addFirst(call -> call.start(new Watched(heard), headers));
        }
        if (calls.isShutDown()) {
            refuse(Statuses.SHUT_DOWN);
            return;
        }
        watchTheTime();
        context.addListener(this, Runnable::run);
        Exchange exchange = calls.exchange();
        if (!exchange.loop().post(_ -> exchange.admit(this))) {
            refuse(Statuses.SHUT_DOWN_NOW);
        }
    }

    /** The channel takes no calls; its loop may have ended. */
    private void refuse(CallStatus why) {
        end(Statuses.of(why), calls::executeOffLoop);
    }

    private void watchTheTime() {
        Deadline until = Request.earlier(options.getDeadline(), context.getDeadline());
        if (until == null) return;
        long nanos = until.timeRemaining(TimeUnit.NANOSECONDS);
        Future<?> due =
                calls.exchange()
                        .hosting()
                        .scheduler()
                        .schedule(() -> end(late(until, nanos)), nanos, TimeUnit.NANOSECONDS);
        synchronized (this) {
            deadline = due;
            if (config == null && !isEnded) return;
        }
        due.cancel(false);
    }

    private Status late(Deadline until, long leftNanos) {
        String resolution = Request.resolution(nanoTime() - createdNanos);
        String text;
        if (leftNanos < 0) {
            boolean isContexts = until.equals(context.getDeadline());
            text = Request.tooLateText(isContexts, leftNanos, resolution);
        } else {
            text =
                    String.format(
                            Locale.ROOT,
                            "Deadline exceeded after %.9fs. %s [waiting_for_name_resolution]",
                            leftNanos / SECOND,
                            resolution);
        }
        return Status.DEADLINE_EXCEEDED.withDescription(text);
    }

    @Override
    public void cancelled(Context cancelled) {
        end(Statuses.ofCancelled(cancelled));
    }

    // What the channel decides. On the loop.

    /** Goes on by this config, unless it has ended. */
    void goOn(CallConfig by) {
        synchronized (this) {
            if (isEnded || config != null) return;
            config = by;
        }
        settled();
        calls.execute(options, this);
    }

    /** Ends, unless it goes on already; any thread. */
    void end(Status status) {
        end(status, calls::execute);
    }

    private void end(Status status, BiConsumer<CallOptions, Runnable> where) {
        Listener<R> heard;
        synchronized (this) {
            if (isEnded || config != null) return;
            isEnded = true;
            said.clear();
            heard = listener;
        }
        settled();
        if (heard != null) where.accept(options, () -> close(heard, status));
    }

    /** Whether it has ended before it could go on; it has left, or will not come. Any thread. */
    synchronized boolean hasEnded() {
        return isEnded;
    }

    private void close(Listener<R> heard, Status status) {
        leave();
        Context before = context.attach();
        try {
            heard.onClose(status, new Metadata());
        } finally {
            context.detach(before);
        }
    }

    private void settled() {
        context.removeListener(this);
        Future<?> due;
        synchronized (this) {
            due = deadline;
        }
        if (due != null) due.cancel(false);
    }

    private void leave() {
        Exchange exchange = calls.exchange();
        exchange.loop().post(_ -> exchange.leave(this));
    }

    /** Makes the real call, and tells it what was said. */
    @Override
    public void run() {
        CallConfig by;
        synchronized (this) {
            by = config;
        }
        assert by != null;
        CallOptions told =
                options.withOption(
                        ClientStreamTracer.NAME_RESOLUTION_DELAYED, nanoTime() - createdNanos);
        ClientCall<Q, R> made;
        Context before = context.attach();
        try {
            made = calls.newCall(by, method, told, true);
        } finally {
            context.detach(before);
        }
        boolean isBegun = false;
        try {
            for (Consumer<ClientCall<Q, R>> next = next(made); next != null; next = next(made)) {
                next.accept(made);
                isBegun = true;
            }
        } catch (RuntimeException | Error thrown) {
            giveUp(made, isBegun, thrown);
        }
    }

    /** What was said next; when that was all, the real call hears the rest itself. */
    private synchronized @Nullable Consumer<ClientCall<Q, R>> next(ClientCall<Q, R> made) {
        Consumer<ClientCall<Q, R>> next = said.poll();
        if (next == null) real = made;
        return next;
    }

    /** The real call has thrown where nobody can catch it. */
    private void giveUp(ClientCall<Q, R> made, boolean isBegun, Throwable thrown) {
        Listener<R> heard;
        synchronized (this) {
            said.clear();
            isEnded = true;
            heard = listener;
        }
        if (isBegun) {
            made.cancel("Failed after the name was resolved", thrown);
        } else {
            assert heard != null;
            close(heard, Status.fromThrowable(thrown));
        }
    }

    // What user code says.

    private void say(Consumer<ClientCall<Q, R>> what) {
        ClientCall<Q, R> call;
        synchronized (this) {
            call = real;
            if (call == null) {
                if (!isEnded) said.add(what);
                return;
            }
        }
        what.accept(call);
    }

    private void sayStarted(Consumer<ClientCall<Q, R>> what) {
        synchronized (this) {
            if (listener == null && !isEnded) throw new IllegalStateException("Not started");
        }
        say(what);
    }

    @Override
    public void request(int count) {
        if (count < 0) throw new IllegalArgumentException("Number requested must be non-negative");
        sayStarted(call -> call.request(count));
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        String text = message == null ? "Call cancelled without message" : message;
        end(Status.CANCELLED.withDescription(text).withCause(cause));
        say(call -> call.cancel(message, cause));
    }

    @Override
    public void halfClose() {
        sayStarted(ClientCall::halfClose);
    }

    @Override
    public void sendMessage(Q message) {
        sayStarted(call -> call.sendMessage(message));
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        sayStarted(call -> call.setMessageCompression(enabled));
    }

    @Override
    public boolean isReady() {
        ClientCall<Q, R> call = known();
        return call != null && call.isReady();
    }

    @Override
    public Attributes getAttributes() {
        ClientCall<Q, R> call = known();
        return call == null ? Attributes.EMPTY : call.getAttributes();
    }

    private synchronized @Nullable ClientCall<Q, R> known() {
        return real;
    }

    @Override
    public String toString() {
        return "DelayedCall{method=" + method.getFullMethodName() + '}';
    }
}

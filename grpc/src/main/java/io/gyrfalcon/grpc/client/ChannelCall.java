package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.CompositeCallCredentials;
import io.grpc.Compressor;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.grpc.server.CallLane;
import io.gyrfalcon.grpc.server.Encodings;
import io.gyrfalcon.grpc.server.OutboundMessage;
import io.gyrfalcon.traffic.config.MethodConfig;
import io.gyrfalcon.traffic.retry.HedgingPolicy;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A call as stubs and interceptors hold it. As in every {@code io.grpc.ClientCall}, {@link
 * #request}, {@link #cancel} and {@link #isReady} may be called on any thread, the rest by one
 * thread at a time.
 *
 * @param <Q> the type of the request's messages
 * @param <R> the type of the response's messages
 */
final class ChannelCall<Q, R> extends ClientCall<Q, R> {
    private static final System.Logger LOG = System.getLogger("io.gyrfalcon.grpc");

    private final Calls calls;
    private final MethodDescriptor<Q, R> method;
    private final @Nullable MethodConfig config;
    private final boolean isAdmitted;
    private CallOptions options;
    private final Context context = Context.current();
    private @Nullable Compressor compressor;
    private boolean isCompressing = true;
    private boolean isHalfClosed;
    private ClientTracers tracers = ClientTracers.NONE;
    private volatile @Nullable Deliveries<R> deliveries;
    private volatile @Nullable RoutedCall carrier;
    private volatile boolean isCancelled;

    ChannelCall(
            Calls calls,
            MethodDescriptor<Q, R> method,
            CallOptions options,
            @Nullable MethodConfig config,
            boolean isAdmitted) {
        this.calls = calls;
        this.method = method;
        this.options = options;
        this.config = config;
        this.isAdmitted = isAdmitted;
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
        check(deliveries == null, "Already started");
        check(!isCancelled, "call was cancelled");
        if (listener == null) throw new NullPointerException("observer");
        if (headers == null) throw new NullPointerException("headers");
        if (context.isCancelled()) {
            deliveriesTo(listener).close(Statuses.ofCancelled(context), null, true);
            return;
        }
        if (config != null) options = MethodOptions.of(options, config);
        String encoding = options.getCompressor();
        if (encoding != null) {
            compressor = encodings().compressor(encoding);
            if (compressor == null) {
                String text = "Unable to find compressor by name " + encoding;
                Status status = Status.INTERNAL.withDescription(text);
                deliveriesTo(listener).close(status, null, true);
                return;
            }
        }
        begin(listener, headers);
    }

    private void begin(Listener<R> listener, Metadata headers) {
        boolean isHedging = config != null && config.attempts() instanceof HedgingPolicy;
        tracers = ClientTracers.of(options, 0, false, isHedging, headers);
        Deliveries<R> made = deliveriesTo(listener);
        Request request = request(headers);
        if (request.isLate()) {
            Status late = Status.DEADLINE_EXCEEDED.withDescription(request.tooLateText());
            made.close(late, null, true);
            return;
        }
        if (isTooLate()) {
            made.close(Statuses.of(Statuses.SHUT_DOWN), null, true);
            return;
        }
        RoutedCall begun = new RoutedCall(calls.exchange(), request, made, isAdmitted, calls.own());
        made.carriedBy(begun);
        carrier = begun;
        begun.post();
        context.addListener(begun, Runnable::run);
        made.listening();
    }

    private boolean isTooLate() {
        return !isAdmitted && calls.isShutDown();
    }

    private Deliveries<R> deliveriesTo(Listener<R> listener) {
        Executor chosen = options.getExecutor();
        CallLane lane = chosen == null ? calls.lane() : CallLane.of(chosen);
        Deliveries<R> made =
                new Deliveries<>(
                        method,
                        listener,
                        calls.readsHeaders(listener),
                        context,
                        lane,
                        loop(),
                        messageBytesMax(),
                        tracers);
        if (chosen == null && isTooLate()) made.leaveLoop(calls.options().offload());
        deliveries = made;
        return made;
    }

    private Request request(Metadata headers) {
        Deadline deadline = Request.earlier(options.getDeadline(), context.getDeadline());
        long left = deadline == null ? 0 : deadline.timeRemaining(TimeUnit.NANOSECONDS);
        long until = deadline == null ? Request.NEVER : loop().clock().nanoTime() + left;
        CallCredentials credentials = credentials();
        boolean isSeen = credentials != null || !tracers.isNone();
        return new Request(
                method,
                options,
                context,
                tracers,
                calls.head(method.getFullMethodName(), options.getAuthority()),
                encodingField(),
                headers,
                isSeen ? RequestFields.NONE : RequestFields.of(headers, deadline != null),
                config == null ? null : config.attempts(),
                credentials,
                deadline,
                until,
                left);
    }

    private @Nullable CallCredentials credentials() {
        CallCredentials channels = calls.options().credentials();
        CallCredentials own = options.getCredentials();
        if (channels == null || own == null) return own == null ? channels : own;
        return new CompositeCallCredentials(channels, own);
    }

    private byte @Nullable [] encodingField() {
        Compressor chosen = compressor;
        if (chosen == null || Encodings.isIdentity(chosen)) return null;
        return chosen.getMessageEncoding().getBytes(StandardCharsets.US_ASCII);
    }

    private int messageBytesMax() {
        return Request.messageBytesMax(options, calls.options().settings().messageBytesMax());
    }

    @Override
    public void request(int count) {
        if (count < 0) throw new IllegalArgumentException("Number requested must be non-negative");
        started().request(count);
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        Throwable known = cause;
        if (message == null && cause == null) {
            known = new CancellationException("Cancelled without a message or cause");
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Cancelling without a message or cause is suboptimal",
                    known);
        }
        isCancelled = true;
        RoutedCall begun = carrier;
        if (begun == null) return;
        String text = message == null ? "Call cancelled without message" : message;
        begun.cancel(Status.CANCELLED.withDescription(text).withCause(known));
    }

    @Override
    public void halfClose() {
        started();
        check(!isCancelled, "call was cancelled");
        check(!isHalfClosed, "call already half-closed");
        isHalfClosed = true;
        RoutedCall begun = carrier;
        if (begun != null) begun.halfClose();
    }

    @Override
    public void sendMessage(Q message) {
        started();
        check(!isCancelled, "call was cancelled");
        check(!isHalfClosed, "call was half-closed");
        RoutedCall begun = carrier;
        if (begun == null) return;
        try {
            begun.send(framed(message));
        } catch (RuntimeException e) {
            begun.cancel(Status.CANCELLED.withDescription("Failed to stream message").withCause(e));
        } catch (Error e) {
            begun.cancel(
                    Status.CANCELLED.withDescription("Client sendMessage() failed with Error"));
            throw e;
        }
    }

    private Outgoing framed(Q message) {
        Compressor by = isCompressing ? compressor : null;
        Object source = calls.marshalling().source(method.getRequestMarshaller(), message, by);
        OutboundMessage out = calls.outbounds().lend(loop());
        try {
            out.take(source, by);
            checkSize(out);
            return new Outgoing(out, loop().sharedSlabs());
        } finally {
            calls.outbounds().giveBack(out);
        }
    }

    private void checkSize(OutboundMessage out) {
        Integer max = options.getMaxOutboundMessageSize();
        if (max == null || out.plainBytes() <= max) return;
        String text = "message too large " + out.plainBytes() + " > " + max;
        throw Status.RESOURCE_EXHAUSTED.withDescription(text).asRuntimeException();
    }

    @Override
    public boolean isReady() {
        if (isHalfClosed) return false;
        RoutedCall begun = carrier;
        return begun != null && begun.isReady();
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        started();
        isCompressing = enabled;
    }

    @Override
    public Attributes getAttributes() {
        RoutedCall begun = carrier;
        return begun == null ? Attributes.EMPTY : begun.attributes();
    }

    private Deliveries<R> started() {
        Deliveries<R> known = deliveries;
        if (known == null) throw new IllegalStateException("Not started");
        return known;
    }

    private static void check(boolean expected, String text) {
        if (!expected) throw new IllegalStateException(text);
    }

    private Encodings encodings() {
        return calls.options().encodings();
    }

    private Loop loop() {
        return calls.exchange().loop();
    }

    @Override
    public String toString() {
        return "ChannelCall{method=" + method.getFullMethodName() + '}';
    }
}

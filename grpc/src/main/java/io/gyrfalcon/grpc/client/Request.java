package io.gyrfalcon.grpc.client;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.traffic.retry.AttemptPolicy;
import io.gyrfalcon.traffic.retry.HedgingPolicy;
import io.gyrfalcon.transport.wire.TimeoutText;

import org.jspecify.annotations.Nullable;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What is settled of a call when it starts. Immutable: who adds to its metadata adds to a copy.
 *
 * @param head of all requests of the method
 * @param encoding the value of {@code grpc-encoding}, or {@code null}
 * @param headers what user code adds to the head
 * @param fields the same as they are sent, unless credentials or tracers may add to them
 * @param attempts what happens when it fails, or {@code null}
 * @param credentials to be asked for more, or {@code null}
 * @param deadline the earlier one of options and context, or {@code null}
 * @param deadlineNanos the same by the loop's clock, or {@link #NEVER}
 * @param leftNanos what was left of it when the call started
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares requests.
record Request(
        MethodDescriptor<?, ?> method,
        CallOptions options,
        Context context,
        ClientTracers tracers,
        FieldBlock head,
        byte @Nullable [] encoding,
        Metadata headers,
        byte[][] fields,
        @Nullable AttemptPolicy attempts,
        @Nullable CallCredentials credentials,
        @Nullable Deadline deadline,
        long deadlineNanos,
        long leftNanos) {
    private static final int READY_BYTES = 32 * 1024;

    /** The time of a call without a deadline. */
    static final long NEVER = Long.MAX_VALUE;

    private static final double SECOND = 1e9;

    /** From how many queued bytes on the call is not ready. */
    int readyBytes() {
        Integer own = options.getOnReadyThreshold();
        return own == null ? READY_BYTES : own;
    }

    /**
     * Longest inbound message.
     *
     * @param channels what counts where the call's options do not say
     */
    static int messageBytesMax(CallOptions options, int channels) {
        Integer own = options.getMaxInboundMessageSize();
        return own == null ? channels : own;
    }

    /** Whether the request has one message, which waits for the half-close. */
    boolean sendsOne() {
        return method.getType().clientSendsOneMessage();
    }

    /** Whether attempts of the call may overlap. */
    boolean isHedging() {
        return attempts instanceof HedgingPolicy;
    }

    /** Whether the context brought the deadline. */
    boolean isContextsDeadline() {
        return deadline != null && deadline.equals(context.getDeadline());
    }

    /** Whether the deadline has passed. */
    boolean isLate() {
        return deadline != null && deadline.isExpired();
    }

    /**
     * All fields that follow the head.
     *
     * @param previous attempts of the call
     */
    byte[][] extra(byte[][] own, int previous, long nowNanos) {
        long left = deadlineNanos - nowNanos;
        byte[] timeout = deadlineNanos == NEVER ? null : TimeoutText.encode(left);
        return RequestFields.joined(timeout, encoding, previous, own);
    }

    /** grpc-java's words for a call that started too late. */
    String tooLateText() {
        return tooLateText(isContextsDeadline(), leftNanos, resolution());
    }

    /** The same where so many nanoseconds were left, fewer than none. */
    static String tooLateText(boolean isContexts, long leftNanos, String resolution) {
        return String.format(
                Locale.ROOT,
                "ClientCall started after %s deadline was exceeded %.9f seconds ago. %s",
                source(isContexts),
                leftNanos / SECOND,
                resolution);
    }

    /** grpc-java's words for a call whose deadline has passed. */
    String lateText() {
        long second = TimeUnit.SECONDS.toNanos(1);
        return String.format(
                Locale.ROOT,
                "%s deadline exceeded after %d.%09ds. %s ",
                source(isContextsDeadline()),
                leftNanos / second,
                leftNanos % second,
                resolution());
    }

    private static String source(boolean isContexts) {
        return isContexts ? "Context" : "CallOptions";
    }

    private String resolution() {
        Long delay = options.getOption(ClientStreamTracer.NAME_RESOLUTION_DELAYED);
        return resolution(delay == null ? 0 : delay);
    }

    /** grpc-java's words for the time that a name's resolution has taken. */
    static String resolution(long nanos) {
        return String.format(Locale.ROOT, "Name resolution delay %.9f seconds.", nanos / SECOND);
    }

    /** The context's deadline or the options', whichever comes first. */
    static @Nullable Deadline earlier(@Nullable Deadline one, @Nullable Deadline other) {
        if (one == null) return other;
        return other == null ? one : one.minimum(other);
    }
}

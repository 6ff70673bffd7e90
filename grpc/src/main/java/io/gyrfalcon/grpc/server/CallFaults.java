package io.gyrfalcon.grpc.server;

import io.grpc.InternalStatus;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.gyrfalcon.http2.GoAwayReason;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.transport.wire.FaultText;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** What becomes of a call when something goes wrong, in grpc-java's words. Stateless. */
final class CallFaults {
    static final String TOO_MANY_RESPONSES = "Too many responses";
    static final String NOT_BASE64 = "A binary metadata value is not base64";
    static final String MISSING_RESPONSE = "Completed without a response";

    private CallFaults() {}

    /** The status of a call whose callback has thrown. */
    static Status applicationError(Throwable thrown) {
        return Status.UNKNOWN.withDescription("Application error processing RPC").withCause(thrown);
    }

    /** The status of a call whose request's message could not be read. */
    static Status unreadable(Throwable thrown) {
        if (thrown instanceof Unreadable known) return known.status;
        if (thrown instanceof StatusRuntimeException known
                && known.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED) {
            return known.getStatus();
        }
        return applicationError(thrown);
    }

    /** A message says that it is compressed, and nobody said how. */
    static IOException notConfigured() {
        return new Unreadable(Status.INTERNAL.withDescription(FaultText.NOT_CONFIGURED));
    }

    /** A message says that it is compressed, and does not even begin as such. */
    static IOException garbled(Exception thrown) {
        return new Unreadable(Status.fromThrowable(thrown));
    }

    /** Whether the request cannot be read further, whatever the application thinks of it. */
    static boolean isOfPeer(Throwable thrown) {
        return thrown instanceof Unreadable;
    }

    /** The status of a call whose answer could not be written. */
    static Status sendStatusOf(Throwable thrown) {
        if (thrown instanceof StatusRuntimeException known) return known.getStatus();
        if (thrown instanceof OutOfSlabs) {
            return Status.RESOURCE_EXHAUSTED.withDescription(FaultText.NO_MEMORY).withCause(thrown);
        }
        return Status.INTERNAL
                .withDescription("Internal error so cancelling stream.")
                .withCause(thrown);
    }

    /**
     * What a context is cancelled with when its call was. No stack trace: the peer is the cause.
     */
    static Throwable cancellation() {
        return InternalStatus.asRuntimeExceptionWithoutStacktrace(
                Status.CANCELLED.withDescription("RPC cancelled"), null);
    }

    /**
     * What tracers are told where a connection is lost with its calls.
     *
     * @param fault as HTTP/2 has told the peer, {@code null} where the connection goes on
     */
    static @Nullable Status loss(@Nullable String fault) {
        if (fault == null) return null;
        return switch (fault) {
            case GoAwayReason.TOO_MANY_PINGS ->
                    Status.RESOURCE_EXHAUSTED.withDescription("Too many pings from client");
            case GoAwayReason.KEEPALIVE_TIMEOUT ->
                    Status.UNAVAILABLE.withDescription(
                            "Keepalive failed. The connection is likely gone");
            default ->
                    Status.UNAVAILABLE.withDescription("connection terminated for unknown reason");
        };
    }

    /** What tracers are told where the client has reset the call by this code. */
    static Status reset(long code) {
        return Status.CANCELLED.withDescription("RST_STREAM received for code " + code);
    }

    /** What tracers are told where a context was cancelled with this; {@code null}: nothing new. */
    static @Nullable Status timedOut(@Nullable Throwable cause) {
        if (!(cause instanceof TimeoutException)) return null;
        return Status.DEADLINE_EXCEEDED.withDescription(cause.getMessage()).withCause(cause);
    }

    /** A message that cannot be read for a fault of the peer. */
    private static final class Unreadable extends IOException {
        private static final long serialVersionUID = 1;
        private final transient Status status;

        Unreadable(Status status) {
            super(status.getDescription(), status.getCause());
            this.status = status;
        }
    }
}

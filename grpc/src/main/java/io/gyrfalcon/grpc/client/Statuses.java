package io.gyrfalcon.grpc.client;

import io.grpc.Context;
import io.grpc.Status;
import io.gyrfalcon.traffic.balance.Failure;
import io.gyrfalcon.transport.client.CallStatus;
import io.gyrfalcon.transport.wire.StatusCode;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeoutException;

/** Statuses as {@code io.grpc} has them, and grpc-java's words for them. Stateless. */
final class Statuses {
    static final CallStatus SHUT_DOWN =
            CallStatus.of(StatusCode.UNAVAILABLE, "Channel shutdown invoked");
    static final CallStatus SHUT_DOWN_NOW =
            CallStatus.of(StatusCode.UNAVAILABLE, "Channel shutdownNow invoked");

    private Statuses() {}

    static Status of(CallStatus status) {
        if (status.isOk() && status.description() == null) return Status.OK;
        return of(status.code(), status.description(), status.cause());
    }

    static Status of(Failure failure) {
        return of(failure.code(), failure.text(), failure.cause());
    }

    private static Status of(int code, @Nullable String text, @Nullable Throwable cause) {
        return Status.fromCodeValue(code).withDescription(text).withCause(cause);
    }

    static CallStatus of(Status status) {
        return new CallStatus(status.getCode().value(), status.getDescription(), status.getCause());
    }

    static Failure failure(CallStatus status) {
        String text = status.description();
        return new Failure(status.code(), text == null ? "" : text, status.cause());
    }

    /** A status that a resolver or policy gives to calls; some codes are for servers only. */
    static Status ofControlPlane(Status status) {
        return switch (status.getCode()) {
            case OK,
                    INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    DATA_LOSS ->
                    Status.INTERNAL
                            .withDescription(
                                    "Inappropriate status code from control plane: "
                                            + status.getCode()
                                            + " "
                                            + status.getDescription())
                            .withCause(status.getCause());
            case CANCELLED,
                    UNKNOWN,
                    DEADLINE_EXCEEDED,
                    PERMISSION_DENIED,
                    RESOURCE_EXHAUSTED,
                    UNIMPLEMENTED,
                    INTERNAL,
                    UNAVAILABLE,
                    UNAUTHENTICATED ->
                    status;
        };
    }

    /** Why a call of this cancelled context ends. */
    static Status ofCancelled(Context context) {
        Throwable cause = context.cancellationCause();
        if (cause == null) {
            return Status.CANCELLED.withDescription("io.grpc.Context was cancelled without error");
        }
        if (cause instanceof TimeoutException) {
            return Status.DEADLINE_EXCEEDED.withDescription(cause.getMessage()).withCause(cause);
        }
        Status status = Status.fromThrowable(cause);
        if (status.getCode() == Status.Code.UNKNOWN && cause.equals(status.getCause())) {
            return Status.CANCELLED.withDescription("Context cancelled").withCause(cause);
        }
        return status.withCause(cause);
    }
}

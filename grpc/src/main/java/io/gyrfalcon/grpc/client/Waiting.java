package io.gyrfalcon.grpc.client;

import io.grpc.Status;
import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

import java.util.StringJoiner;

/** How long an attempt has waited for a connection, and for want of what. Loop-owned. */
@LoopOwned
final class Waiting {
    private final long sinceNanos;
    private long untilNanos;
    private boolean isOver;
    private @Nullable Status failure;

    Waiting(long nowNanos) {
        sinceNanos = nowNanos;
    }

    /** Calls that do not wait fail with this now. */
    void failing(Status why) {
        failure = why;
    }

    /** There is a connection. */
    void end(long nowNanos) {
        untilNanos = nowNanos;
        isOver = true;
    }

    /** Says it in grpc-java's words. */
    void describe(boolean isWaitForReady, long nowNanos, StringJoiner to) {
        if (isWaitForReady) to.add("wait_for_ready");
        if (failure != null) to.add("Last Pick Failure=" + failure);
        to.add("buffered_nanos=" + ((isOver ? untilNanos : nowNanos) - sinceNanos));
    }
}

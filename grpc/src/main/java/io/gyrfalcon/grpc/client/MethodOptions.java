package io.gyrfalcon.grpc.client;

import io.grpc.CallOptions;
import io.grpc.Deadline;
import io.gyrfalcon.traffic.config.MethodConfig;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;

/**
 * Call options with what a service config says of the method, as grpc-java joins them. Stateless.
 */
final class MethodOptions {
    private MethodOptions() {}

    static CallOptions of(CallOptions asked, MethodConfig config) {
        CallOptions options = asked;
        Long timeout = config.timeoutNanos();
        if (timeout != null) {
            Deadline own = options.getDeadline();
            Deadline latest = Deadline.after(timeout, TimeUnit.NANOSECONDS);
            if (own == null || latest.isBefore(own)) options = options.withDeadline(latest);
        }
        Boolean isPatient = config.waitForReady();
        if (isPatient != null) {
            options = isPatient ? options.withWaitForReady() : options.withoutWaitForReady();
        }
        Integer received = smaller(options.getMaxInboundMessageSize(), config.responseBytesMax());
        if (received != null) options = options.withMaxInboundMessageSize(received);
        Integer sent = smaller(options.getMaxOutboundMessageSize(), config.requestBytesMax());
        return sent == null ? options : options.withMaxOutboundMessageSize(sent);
    }

    private static @Nullable Integer smaller(@Nullable Integer one, @Nullable Integer other) {
        if (one == null) return other;
        return other == null ? one : Integer.valueOf(Math.min(one, other));
    }
}

package io.gyrfalcon.traffic.config;

import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.retry.AttemptPolicy;
import io.gyrfalcon.traffic.retry.HedgingPolicy;
import io.gyrfalcon.traffic.retry.RetryPolicy;
import io.gyrfalcon.traffic.retry.StatusCodes;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * How some methods want to be called; null where they do not say. Immutable.
 *
 * @param timeoutNanos the longest time a call may take
 * @param waitForReady whether calls wait for a connection where their caller does not say
 * @param requestBytesMax the longest message that may be sent
 * @param responseBytesMax the longest message that may be received
 * @param attempts what happens to calls that fail or take long
 */
public record MethodConfig(
        @Nullable Long timeoutNanos,
        @Nullable Boolean waitForReady,
        @Nullable Integer requestBytesMax,
        @Nullable Integer responseBytesMax,
        @Nullable AttemptPolicy attempts) {

    static MethodConfig of(Fields fields, boolean isRetryEnabled, TrafficLimits limits) {
        return new MethodConfig(
                fields.duration("timeout"),
                fields.truth("waitForReady"),
                bytes(fields, "maxRequestMessageBytes"),
                bytes(fields, "maxResponseMessageBytes"),
                isRetryEnabled ? attempts(fields, limits) : null);
    }

    private static @Nullable Integer bytes(Fields fields, String key) {
        Integer value = fields.integer(key);
        if (value != null && value < 0) throw fields.fault(key, "at least 0");
        return value;
    }

    private static @Nullable AttemptPolicy attempts(Fields fields, TrafficLimits limits) {
        Fields retry = fields.object("retryPolicy");
        Fields hedging = fields.object("hedgingPolicy");
        if (retry != null && hedging != null) {
            throw fields.fault("hedgingPolicy", "no retryPolicy beside it");
        }
        if (retry != null) return retry(retry, limits.retryAttemptsMax());
        return hedging == null ? null : hedging(hedging, limits.hedgedAttemptsMax());
    }

    /** gRFC A6, "Validation of retryPolicy". */
    private static RetryPolicy retry(Fields fields, int max) {
        final int attempts = attempts(fields, max);
        final long initialNanos = positive(fields, "initialBackoff");
        final long maxNanos = positive(fields, "maxBackoff");
        String key = "backoffMultiplier";
        double multiplier = fields.required(key, fields.number(key));
        if (!(multiplier > 0)) throw fields.fault(key, "greater than 0");
        Long receiveNanos = fields.duration("perAttemptRecvTimeout");
        if (receiveNanos != null && receiveNanos < 0) {
            throw fields.fault("perAttemptRecvTimeout", "at least 0s");
        }
        key = "retryableStatusCodes";
        StatusCodes codes = fields.required(key, codes(fields, key));
        if (codes.equals(StatusCodes.NONE) && receiveNanos == null) {
            throw fields.fault(key, "at least one code");
        }
        return new RetryPolicy(attempts, initialNanos, maxNanos, multiplier, codes);
    }

    /** gRFC A6, "Validation of hedgingPolicy"; a delay is needed, as in grpc-java. */
    private static HedgingPolicy hedging(Fields fields, int max) {
        final int attempts = attempts(fields, max);
        String key = "hedgingDelay";
        long delayNanos = fields.required(key, fields.duration(key));
        if (delayNanos < 0) throw fields.fault(key, "at least 0s");
        StatusCodes codes = codes(fields, "nonFatalStatusCodes");
        return new HedgingPolicy(attempts, delayNanos, codes == null ? StatusCodes.NONE : codes);
    }

    /** More than the most is no fault: gRFC A6. */
    private static int attempts(Fields fields, int max) {
        int attempts = fields.required("maxAttempts", fields.integer("maxAttempts"));
        if (attempts < 2) throw fields.fault("maxAttempts", "at least 2");
        return Math.min(attempts, max);
    }

    private static long positive(Fields fields, String key) {
        long nanos = fields.required(key, fields.duration(key));
        if (nanos <= 0) throw fields.fault(key, "more than 0s");
        return nanos;
    }

    private static @Nullable StatusCodes codes(Fields fields, String key) {
        List<?> list = fields.list(key);
        if (list == null) return null;
        StatusCodes codes = StatusCodes.NONE;
        for (Object item : list) {
            int code = code(item);
            if (code < 0) throw fields.fault(key, item, "a status code, as name or number");
            if (code == StatusCodes.OK) throw fields.fault(key, "no OK");
            codes = codes.with(code);
        }
        return codes;
    }

    private static int code(@Nullable Object item) {
        if (item instanceof String name) return StatusCodes.codeOf(name);
        if (!(item instanceof Number number)) return -1;
        int code = number.intValue();
        return code == number.doubleValue() && StatusCodes.isCode(code) ? code : -1;
    }
}

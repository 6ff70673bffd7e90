package io.gyrfalcon.traffic.retry;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.WakeUp;

import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call: how many, when, and which one is the call. Loop-owned; used for one
 * call after another.
 *
 * <p>Attempts are numbered from 0; the number of an attempt that is not the first is what it sends
 * as {@code grpc-previous-rpc-attempts}. The caller starts attempt 0 with the call, the one that
 * {@link #onTime} names when {@link #wakeAtNanos} has come, and one anew on {@link Verdict#AGAIN}.
 */
@LoopOwned
@HotPath
public final class AttemptPlan {
    /*
     * gRFC A6.
     *
     * Committed. A call is its attempt from the moment when the attempt's headers arrive, or when
     * what was sent no longer fits the buffer. From then on nothing is tried again.
     *
     * Transparent. An attempt that never left us is started anew without counting. One that a
     * server refused unseen is started anew once in the life of a call, unless an application has
     * already seen an attempt of it. Neither is a failure of the server.
     *
     * Retry. One attempt at a time; the next is due after a wait, unless the status, the server,
     * the throttle or the number of attempts forbids it.
     *
     * Hedging. The next attempt is due after a delay, or at once when one fails with a code that
     * is not fatal, or when the server says. A fatal code, or headers, end all others. When
     * nothing runs and nothing may come, the last outcome is the call's.
     */

    /** No attempt. */
    public static final int NONE = -1;

    private static final int STOPPED = -2;
    private static final long MILLI_NANOS = 1_000_000L;

    private final int localRetriesMax;

    private @Nullable RetryPolicy retry;
    private @Nullable HedgingPolicy hedging;
    private @Nullable RetryThrottle throttle;
    private boolean isTransparent;

    private int committed;
    private int started;
    private int running;
    private int localRetries;
    private boolean isSeen;
    private boolean isFrozen;
    private long backoffNanos;
    private long wakeAtNanos;

    /** The bits of the hedges that run. */
    private long hedges;

    /** A plan to be started. */
    public AttemptPlan(TrafficLimits limits) {
        localRetriesMax = limits.localRetriesMax();
        startOnce();
    }

    /** A call whose channel tries nothing again, not even what no application has seen. */
    public void startOnce() {
        begin(null, null, null);
        isTransparent = false;
    }

    /**
     * A call begins, and with it attempt 0.
     *
     * @param policy of its method; without one, only what no application has seen is tried again
     * @param serverThrottle of its server name
     */
    public void start(
            @Nullable AttemptPolicy policy, @Nullable RetryThrottle serverThrottle, long nowNanos) {
        switch (policy) {
            case null -> begin(null, null, serverThrottle);
            case RetryPolicy r -> {
                begin(r, null, serverThrottle);
                backoffNanos = r.initialBackoffNanos();
            }
            case HedgingPolicy h -> {
                begin(null, h, serverThrottle);
                if (isMoreAllowed(h)) wakeAtNanos = WakeUp.after(nowNanos, h.delayNanos());
            }
        }
    }

    private void begin(
            @Nullable RetryPolicy retryPolicy,
            @Nullable HedgingPolicy hedgingPolicy,
            @Nullable RetryThrottle serverThrottle) {
        retry = retryPolicy;
        hedging = hedgingPolicy;
        throttle = serverThrottle;
        isTransparent = true;
        committed = NONE;
        started = 1;
        running = 1;
        hedges = 1;
        localRetries = 0;
        isSeen = false;
        isFrozen = false;
        wakeAtNanos = WakeUp.NEVER;
    }

    /** When to call {@link #onTime}. */
    public long wakeAtNanos() {
        return wakeAtNanos;
    }

    /** The attempt that is the call, or {@link #NONE}. */
    public int committed() {
        return Math.max(NONE, committed);
    }

    /** Whether no attempt can follow any more, so that nothing has to be kept for one. */
    public boolean isSettled() {
        return committed != NONE;
    }

    /** How many attempts run. */
    public int running() {
        return running;
    }

    /** Whether an attempt of a call with a hedging policy runs. */
    public boolean isHedgeRunning(int attempt) {
        return hedging != null && (hedges >>> attempt & 1) != 0;
    }

    /** An attempt's headers arrived: true if they are the call's, false if nobody wants them. */
    public boolean onHeaders(int attempt) {
        if (committed == NONE) {
            commit(attempt);
            if (throttle != null) throttle.onSuccess();
        }
        return committed == attempt;
    }

    /** Nothing more is kept for another attempt than this one; true if this one is the call. */
    public boolean commit(int attempt) {
        if (committed == NONE) {
            committed = attempt;
            wakeAtNanos = WakeUp.NEVER;
        }
        return committed == attempt;
    }

    /** The call ends for another reason: cancelled, or out of time. */
    public void stop() {
        committed = STOPPED;
        wakeAtNanos = WakeUp.NEVER;
    }

    /** Time has passed: the attempt to start now, or {@link #NONE}. */
    public int onTime(long nowNanos) {
        if (!WakeUp.isDue(wakeAtNanos, nowNanos)) return NONE;
        wakeAtNanos = WakeUp.NEVER;
        if (hedging == null) {
            running = 1;
            return started++;
        }
        // With nothing under way there is no outcome but the one that this attempt will have.
        if (running > 0 && throttle != null && !throttle.isOpen()) {
            isFrozen = true;
            return NONE;
        }
        int attempt = started++;
        running++;
        hedges |= 1L << attempt;
        if (isMoreAllowed(hedging)) wakeAtNanos = WakeUp.after(nowNanos, hedging.delayNanos());
        return attempt;
    }

    /**
     * An attempt ended.
     *
     * @param code gRPC's status code
     * @param pushback what {@link Pushback#parse} read in its trailers
     * @param random from 0 to 1, evenly
     */
    public Verdict onClosed(
            int attempt, Progress progress, int code, int pushback, long nowNanos, double random) {
        running--;
        if (hedging != null) hedges &= ~(1L << attempt);
        if (committed != NONE) return committed == attempt ? Verdict.DELIVER : Verdict.GO_ON;
        if (!isTransparent) return deliver(attempt);
        switch (progress) {
            case MISCARRIED -> {
                if (++localRetries <= localRetriesMax) return again(attempt);
                commit(attempt);
                return Verdict.TOO_OFTEN;
            }
            case REFUSED -> {
                if (!isSeen) {
                    isSeen = true;
                    return again(attempt);
                }
            }
            case DROPPED -> {
                return deliver(attempt);
            }
            case PROCESSED -> isSeen = true;
        }
        if (code == StatusCodes.OK) {
            if (throttle != null) throttle.onSuccess();
            return deliver(attempt);
        }
        if (hedging != null) return hedge(hedging, attempt, code, pushback, nowNanos);
        if (retry != null) return retry(retry, attempt, code, pushback, nowNanos, random);
        return deliver(attempt);
    }

    private Verdict retry(
            RetryPolicy policy, int attempt, int code, int pushback, long nowNanos, double random) {
        boolean isRetryable = policy.retryable().contains(code);
        boolean isThrottled = isThrottledBy(isRetryable || pushback == Pushback.NEVER);
        boolean isWanted = pushback >= 0 || (pushback == Pushback.ABSENT && isRetryable);
        if (!isWanted || isThrottled || started >= policy.attemptsMax()) return deliver(attempt);
        if (pushback >= 0) {
            wakeAtNanos = WakeUp.after(nowNanos, pushback * MILLI_NANOS);
            backoffNanos = policy.initialBackoffNanos();
            return Verdict.GO_ON;
        }
        wakeAtNanos = WakeUp.after(nowNanos, (long) (backoffNanos * (0.8 + 0.4 * random)));
        long longer = (long) (backoffNanos * policy.multiplier());
        backoffNanos = Math.min(longer, policy.maxBackoffNanos());
        return Verdict.GO_ON;
    }

    private Verdict hedge(
            HedgingPolicy policy, int attempt, int code, int pushback, long nowNanos) {
        boolean isFatal = !policy.nonFatal().contains(code);
        boolean isThrottled = isThrottledBy(!isFatal || pushback == Pushback.NEVER);
        if (isFatal) return deliver(attempt);
        if (isThrottled || pushback == Pushback.NEVER) {
            isFrozen = true;
            wakeAtNanos = WakeUp.NEVER;
        } else if (isMoreAllowed(policy)) {
            wakeAtNanos = WakeUp.after(nowNanos, Math.max(0, pushback) * MILLI_NANOS);
        }
        return running > 0 || isMoreAllowed(policy) ? Verdict.GO_ON : deliver(attempt);
    }

    /** Counts a failure that policies speak of; true if the throttle forbids to try again. */
    private boolean isThrottledBy(boolean isFailure) {
        return isFailure && throttle != null && !throttle.onFailure();
    }

    private boolean isMoreAllowed(HedgingPolicy policy) {
        return !isFrozen && started < policy.attemptsMax();
    }

    private Verdict deliver(int attempt) {
        commit(attempt);
        return Verdict.DELIVER;
    }

    private Verdict again(int attempt) {
        running++;
        if (hedging != null) hedges |= 1L << attempt;
        return Verdict.AGAIN;
    }
}

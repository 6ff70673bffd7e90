package io.gyrfalcon.traffic.connect;

import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.traffic.WakeUp;
import io.gyrfalcon.traffic.connect.ConnectState.Input;
import io.gyrfalcon.traffic.connect.ConnectState.Outcome;

/**
 * When to connect to one server, how long an attempt may take, and when to try again. Loop-owned.
 *
 * <p>The caller opens a connection whenever a method says so, reports what becomes of it, and calls
 * {@link #onTime} at {@link #wakeAtNanos}.
 */
@LoopOwned
public final class ConnectPlan {
    /*
     * The wait is counted from the start of an attempt, not from its failure: an attempt that took
     * longer than the wait is followed by the next at once. That is gRPC's document, whose loop
     * fixes the next start before it connects.
     */
    private final ConnectState state = new ConnectState();
    private final ConnectBackoff backoff;
    private final long attemptNanosMin;
    private long retryAtNanos = WakeUp.NEVER;
    private long overdueAtNanos = WakeUp.NEVER;

    /** Nothing is connected, nobody has asked. */
    public ConnectPlan(BackoffSettings settings) {
        backoff = new ConnectBackoff(settings);
        attemptNanosMin = settings.attemptNanosMin();
    }

    /** Where the connection stands. */
    public Connectivity state() {
        return state.state();
    }

    /**
     * Somebody wants the connection.
     *
     * @param random from 0 to 1, evenly
     * @return true: open it now
     */
    public boolean request(long nowNanos, double random) {
        return begin(Input.CONNECT, nowNanos, random);
    }

    /** The connection is up; true if the caller has news to tell. */
    public boolean onConnected() {
        if (!moved(Input.CONNECTED)) return false;
        backoff.reset();
        return true;
    }

    /** The attempt goes on at another address of the same server, which has a time of its own. */
    public void onNextAddress(long nowNanos) {
        overdueAtNanos = WakeUp.after(nowNanos, attemptNanosMin);
    }

    /** The attempt failed or was overdue; true if the caller has news to tell. */
    public boolean onFailed() {
        return moved(Input.FAILED);
    }

    /** The connection takes no new calls any more; true if the caller has news to tell. */
    public boolean onLost() {
        return moved(Input.LOST);
    }

    /** When {@link #onTime} has something to do, or {@link #isOverdue} turns true. */
    public long wakeAtNanos() {
        return switch (state.state()) {
            case CONNECTING -> overdueAtNanos;
            case TRANSIENT_FAILURE -> retryAtNanos;
            case IDLE, READY, SHUTDOWN -> WakeUp.NEVER;
        };
    }

    /**
     * Time has passed.
     *
     * @param random from 0 to 1, evenly
     * @return true: the wait after a failure is over, open a connection now
     */
    public boolean onTime(long nowNanos, double random) {
        return state.state() == Connectivity.TRANSIENT_FAILURE
                && WakeUp.isDue(retryAtNanos, nowNanos)
                && begin(Input.BACKOFF_OVER, nowNanos, random);
    }

    /** Whether the attempt has had its time: give it up and call {@link #onFailed}. */
    public boolean isOverdue(long nowNanos) {
        return state.state() == Connectivity.CONNECTING && WakeUp.isDue(overdueAtNanos, nowNanos);
    }

    /**
     * Forgets earlier failures; without effect unless the last attempt failed.
     *
     * @param random from 0 to 1, evenly
     * @return true: open a connection now
     */
    public boolean resetBackoff(long nowNanos, double random) {
        if (state.state() != Connectivity.TRANSIENT_FAILURE) return false;
        backoff.reset();
        return begin(Input.BACKOFF_OVER, nowNanos, random);
    }

    /**
     * Nobody needs the connection; true if the state moved. The caller closes what is open and
     * reports no more of it. Earlier failures are forgotten.
     */
    public boolean goIdle() {
        backoff.reset();
        return moved(Input.GO_IDLE);
    }

    /** No more connections; true if the state moved. The caller closes what is open. */
    public boolean shutDown() {
        return moved(Input.SHUT_DOWN);
    }

    private boolean begin(Input input, long nowNanos, double random) {
        if (!moved(input)) return false;
        long waitNanos = backoff.nextNanos(random);
        retryAtNanos = WakeUp.after(nowNanos, waitNanos);
        overdueAtNanos = WakeUp.after(nowNanos, Math.max(waitNanos, attemptNanosMin));
        return true;
    }

    private boolean moved(Input input) {
        Outcome outcome = state.on(input);
        assert outcome != Outcome.FORBIDDEN : state.state() + " " + input;
        return outcome == Outcome.MOVED;
    }
}

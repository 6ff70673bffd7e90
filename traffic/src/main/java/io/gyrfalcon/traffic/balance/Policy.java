package io.gyrfalcon.traffic.balance;

import io.gyrfalcon.traffic.connect.Connectivity;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How a channel spreads its calls. Loop-owned.
 *
 * <p>The caller reports endpoints, states of addresses, and time; each method answers with what to
 * do, in that order. A policy begins IDLE and without addresses.
 *
 * @param <S> what the caller keeps for an address; equal ones are the same address
 */
public sealed interface Policy<S> permits PickFirst, RoundRobin {
    /** The state published last; IDLE before the first. */
    Connectivity state();

    /** When to call {@link #onTime}. */
    long wakeAtNanos();

    /** The resolver's answer. Whoever asks it again after one without addresses paces that. */
    List<Step<S>> onEndpoints(List<Endpoint<S>> endpoints, RandomGenerator random, long nowNanos);

    /** The resolver failed. What is known stays in use; with nothing known, calls fail. */
    List<Step<S>> onResolveFailed(Failure why);

    /** Somebody calls while the state is IDLE, or wants a connection without calling. */
    List<Step<S>> requestConnection(long nowNanos);

    /**
     * An address has another state; one that nobody asked to connect is not listened to.
     *
     * @param why it failed, if it did
     */
    List<Step<S>> onState(S address, Connectivity next, @Nullable Failure why, long nowNanos);

    /**
     * The health of a connection in use, as a check or {@code outlier} sees it; without effect
     * unless {@link PickFirstSettings#isHealthObserved}.
     *
     * @param why it is ill, if it is
     */
    List<Step<S>> onHealth(S address, Connectivity next, @Nullable Failure why, long nowNanos);

    /** Time has passed. */
    List<Step<S>> onTime(long nowNanos);

    /** Gives up every address. Nothing is published any more. */
    List<Step<S>> shutDown();
}

package io.gyrfalcon.traffic.balance;

import org.jspecify.annotations.Nullable;

/**
 * What to do with one call, and the picker that always says so. Immutable.
 *
 * @param <S> what the caller keeps for an address
 * @param kind what to do
 * @param target the address, when the kind is USE
 * @param failure why not, when the kind is FAIL or DROP
 */
public record Pick<S>(Kind kind, @Nullable S target, @Nullable Failure failure)
        implements Picker<S> {
    /** What to do with a call. */
    public enum Kind {
        /** Send it to the target. */
        USE,
        /** Keep it until the next picker. */
        WAIT,
        /** Ask the policy to connect, and keep it until the next picker. */
        CONNECT,
        /** Fail it, unless it waits for a ready connection. */
        FAIL,
        /** Fail it, whatever it waits for; it is not retried. */
        DROP
    }

    private static final Pick<?> WAITING = new Pick<>(Kind.WAIT, null, null);
    private static final Pick<?> CONNECTING = new Pick<>(Kind.CONNECT, null, null);

    /**
     * Send the call to {@code target}.
     *
     * @param <S> what the caller keeps for an address
     */
    public static <S> Pick<S> use(S target) {
        return new Pick<>(Kind.USE, target, null);
    }

    /**
     * Keep the call until the next picker.
     *
     * @param <S> what the caller keeps for an address
     */
    @SuppressWarnings("unchecked") // It holds no S.
    public static <S> Pick<S> await() {
        return (Pick<S>) WAITING;
    }

    /**
     * Ask the policy to connect, and keep the call until the next picker.
     *
     * @param <S> what the caller keeps for an address
     */
    @SuppressWarnings("unchecked") // It holds no S.
    public static <S> Pick<S> connect() {
        return (Pick<S>) CONNECTING;
    }

    /**
     * Fail the call, unless it waits for a ready connection.
     *
     * @param <S> what the caller keeps for an address
     */
    public static <S> Pick<S> fail(Failure failure) {
        return new Pick<>(Kind.FAIL, null, failure);
    }

    /**
     * Fail the call for good.
     *
     * @param <S> what the caller keeps for an address
     */
    public static <S> Pick<S> drop(Failure failure) {
        return new Pick<>(Kind.DROP, null, failure);
    }

    /** Whether the call is kept until the next picker. */
    public boolean holds(boolean waitForReady) {
        return switch (kind) {
            case WAIT, CONNECT -> true;
            case FAIL -> waitForReady;
            case USE, DROP -> false;
        };
    }

    @Override
    public Pick<S> pick(Turns turns) {
        return this;
    }
}

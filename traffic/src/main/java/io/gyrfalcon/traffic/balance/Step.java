package io.gyrfalcon.traffic.balance;

import io.gyrfalcon.traffic.connect.Connectivity;

/**
 * What a policy wants done, in this order. Immutable.
 *
 * @param <S> what the caller keeps for an address
 */
public sealed interface Step<S> {
    /**
     * Connect to an address, and tell the policy how its state changes from now on.
     *
     * @param <S> what the caller keeps for an address
     */
    record Connect<S>(S address) implements Step<S> {}

    /**
     * Give up an address that is not IDLE: end its attempt, and let the calls of its connection
     * end. Its states are not reported any more.
     *
     * @param <S> what the caller keeps for an address
     */
    record Close<S>(S address) implements Step<S> {}

    /**
     * Ask the resolver to look again, soon but at its own pace.
     *
     * @param <S> what the caller keeps for an address
     */
    record Resolve<S>() implements Step<S> {}

    /**
     * The policy's state is another one, or calls go elsewhere.
     *
     * @param <S> what the caller keeps for an address
     */
    record Publish<S>(Connectivity state, Picker<S> picker) implements Step<S> {}
}

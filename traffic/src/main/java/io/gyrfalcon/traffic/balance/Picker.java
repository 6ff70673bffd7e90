package io.gyrfalcon.traffic.balance;

/**
 * Where calls go, as known at one moment. Immutable: any thread decides on the one it read last.
 *
 * @param <S> what the caller keeps for an address
 */
public interface Picker<S> {
    /**
     * Decides one call; allocates nothing.
     *
     * @param turns of the loop that asks
     */
    Pick<S> pick(Turns turns);
}

package io.gyrfalcon.traffic.balance;

import java.util.List;

/**
 * One server, under the addresses at which it can be reached. Immutable.
 *
 * @param <S> what the caller keeps for an address; equal ones are the same address
 * @param addresses in the resolver's order
 * @param weight its share when addresses are shuffled, 1 if the resolver says nothing
 */
public record Endpoint<S>(List<S> addresses, long weight) {
    /** Copies the list. */
    public Endpoint {
        addresses = List.copyOf(addresses);
        if (weight < 1) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: >= 1)");
        }
    }

    /**
     * An endpoint with one address.
     *
     * @param <S> what the caller keeps for an address
     */
    public static <S> Endpoint<S> of(S address) {
        return new Endpoint<>(List.of(address), 1);
    }
}

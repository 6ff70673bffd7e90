package io.gyrfalcon.traffic.balance;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** In which order the addresses of endpoints are tried: gRFC A61. Stateless. */
final class AddressOrder {
    private record Drawn<S>(Endpoint<S> endpoint, double key) {}

    private AddressOrder() {}

    /** The addresses of all endpoints, each once, at most {@code max}. */
    static <S> List<S> flat(List<Endpoint<S>> endpoints, int max) {
        Set<S> seen = new LinkedHashSet<>();
        for (Endpoint<S> endpoint : endpoints) {
            for (S address : endpoint.addresses()) {
                if (seen.size() == max) return List.copyOf(seen);
                seen.add(address);
            }
        }
        return List.copyOf(seen);
    }

    /**
     * A random order in which an endpoint of twice the weight is first twice as often: by
     * Efraimidis and Spirakis, descending powers of even draws.
     */
    static <S> List<Endpoint<S>> shuffled(List<Endpoint<S>> endpoints, RandomGenerator random) {
        List<Drawn<S>> drawn = new ArrayList<>(endpoints.size());
        for (Endpoint<S> endpoint : endpoints) {
            double key = Math.pow(random.nextDouble(), 1.0 / endpoint.weight());
            drawn.add(new Drawn<>(endpoint, key));
        }
        drawn.sort((a, b) -> Double.compare(b.key(), a.key()));
        return drawn.stream().map(Drawn::endpoint).toList();
    }

    /** One of a family, one of the other, as long as both last: RFC 8305 §4. */
    static <S> List<S> interleaved(List<S> addresses, Predicate<? super S> isIpv4) {
        if (addresses.isEmpty()) return addresses;
        boolean isFirstIpv4 = isIpv4.test(addresses.getFirst());
        List<S> first = new ArrayList<>();
        List<S> second = new ArrayList<>();
        for (S address : addresses) {
            (isIpv4.test(address) == isFirstIpv4 ? first : second).add(address);
        }
        List<S> mixed = new ArrayList<>(addresses.size());
        for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
            if (i < first.size()) mixed.add(first.get(i));
            if (i < second.size()) mixed.add(second.get(i));
        }
        return mixed;
    }
}

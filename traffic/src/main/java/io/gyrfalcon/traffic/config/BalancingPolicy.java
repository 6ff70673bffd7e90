package io.gyrfalcon.traffic.config;

import io.gyrfalcon.traffic.TrafficLimits;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A balancing policy that a service wants, if there is one of that name. Immutable.
 *
 * @param name such as {@code round_robin}
 * @param config the policy's own JSON
 */
public record BalancingPolicy(String name, Map<String, ?> config) {
    static List<BalancingPolicy> listOf(Fields fields, String key, TrafficLimits limits) {
        List<BalancingPolicy> policies = new ArrayList<>();
        for (Fields entry : fields.objects(key, limits.policiesMax())) policies.add(of(entry));
        return policies;
    }

    private static BalancingPolicy of(Fields entry) {
        List<String> names = entry.names();
        if (names.size() != 1) throw Fields.faultAt(entry.place(), entry.raw(), "one policy");
        String name = names.getFirst();
        return new BalancingPolicy(name, entry.required(name, entry.object(name)).raw());
    }
}
